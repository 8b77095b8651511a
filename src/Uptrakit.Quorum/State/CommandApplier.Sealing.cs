using Google.Protobuf;

namespace Uptrakit.Quorum.State;

/// <summary>The keys of sealed secrets. Nothing here opens anything: only shapes, bounds, and what belongs to what.</summary>
internal static partial class CommandApplier
{
    private const int MaxSealingKeys = 64;

    /// <summary>A change of keys has every secret of checks sealed anew, and votes on these checks begin afresh: that is nobody's to do all the time.</summary>
    private const long BetweenSealKeysMs = 10 * 60 * 1000;

    private static (ClusterState State, Outcome Outcome) SetSealKey(Context c, SetSealKey set)
    {
        if (!SealShapes.IsPublicKey(set.PublicKey))
            return c.Refuse(RefusalReason.Invalid, "this is not a key that secrets can be sealed for");
        ByteString former = c.State.Peers.GetValueOrDefault(set.NodeId)?.SealKey ?? ByteString.Empty;
        if (!former.IsEmpty && former != set.PublicKey && c.State.Peers[set.NodeId].SealKeyMs is > 0 and var last && c.Command.AtMs < last + BetweenSealKeysMs)
            return c.Refuse(RefusalReason.Conflict, "this member has changed its key for secrets less than ten minutes ago; try again later");
        (ClusterState next, Outcome outcome) = ChangeOwnKeys(c, set.NodeId, peer =>
        {
            peer.SealKey = set.PublicKey;
            if (!former.IsEmpty)
                peer.SealKeyMs = c.Command.AtMs;
            return null;
        });
        if (outcome.Status == OutcomeStatus.Refused || former == set.PublicKey)
            return (c.State, outcome);
        // Who has the former key of a member has what was wrapped for it: nothing new may be sealed with that.
        next = WithRetired(next, key => !former.IsEmpty && key.Wraps.Any(wrap => wrap.NodeId == set.NodeId));
        return (WithWraps(next, set.Wraps.Where(each => each.Wrap?.NodeId == set.NodeId)), outcome);
    }

    private static (ClusterState State, Outcome Outcome) TendSealing(Context c, TendSealing tend)
    {
        ClusterState next = c.State;
        foreach (SealingKey key in tend.Add)
        {
            if (FaultOfSealingKey(next, key) is { } fault)
                return c.Refuse(RefusalReason.Conflict, fault);
            next = WithRetired(next, former => former.Audience == key.Audience);
            SealingKey added = key.Clone();
            added.Retired = false;
            next = next with { SealingKeys = next.SealingKeys.Add(added) };
        }

        next = WithWraps(next, tend.Wraps);
        foreach (Resealed resealed in tend.Reseal)
            next = WithResealed(c, next, resealed.Id, resealed.ChangedIn, [.. resealed.Fields]);
        if (tend.Drop.Count > 0)
            next = WithoutKeys(next, tend.Drop);
        return (next, Outcomes.Done());
    }

    private static string? FaultOfSealingKey(ClusterState state, SealingKey key)
    {
        if (key.Id.Length != SealedSecret.KeyIdSize || state.SealingKeyOf(key.Id.Span) is not null)
            return "a key needs an id of its own";
        if (state.SealingKeys.Length >= MaxSealingKeys)
            return $"this cluster holds {MaxSealingKeys} keys of sealed secrets, which is the limit; set the secrets that nobody can open again";
        if (key.Audience is not SealingAudience.Voters and not SealingAudience.Members)
            return "a key needs an audience";
        if (key.Wraps.Count == 0 || !key.Wraps.All(wrap => MayHold(state, key.Audience, wrap)))
            return "the members have changed: the key is to be made again";
        return key.Wraps.DistinctBy(static wrap => wrap.NodeId).Count() == key.Wraps.Count ? null : "a member is there twice";
    }

    /// <summary>Only for members, only for the key that they tell now, and only for those whose business it is.</summary>
    private static bool MayHold(ClusterState state, SealingAudience audience, SealingWrap? wrap) =>
        wrap is not null && SealShapes.IsWrap(wrap)
        && state.Peers.TryGetValue(wrap.NodeId, out Peer? peer) && SealShapes.IsFor(peer, audience)
        && SealShapes.KeyId(peer.SealKey).SequenceEqual(wrap.ForKey.Span);

    private static ClusterState WithWraps(ClusterState state, IEnumerable<NewWrap> wraps)
    {
        foreach (NewWrap each in wraps)
        {
            if (state.SealingKeyOf(each.KeyId.Span) is not { } key || !MayHold(state, key.Audience, each.Wrap))
                continue;
            // The first one stays: a member that could be given another one could be locked out.
            if (key.Wraps.Any(wrap => wrap.NodeId == each.Wrap.NodeId && wrap.ForKey == each.Wrap.ForKey))
                continue;
            SealingKey wider = key.Clone();
            foreach (SealingWrap former in wider.Wraps.Where(wrap => wrap.NodeId == each.Wrap.NodeId).ToArray())
                wider.Wraps.Remove(former);
            wider.Wraps.Add(each.Wrap.Clone());
            state = state with { SealingKeys = state.SealingKeys.Replace(key, wider) };
        }

        return state;
    }

    private static ClusterState WithRetired(ClusterState state, Func<SealingKey, bool> which)
    {
        if (!state.SealingKeys.Any(key => !key.Retired && which(key)))
            return state;
        return state with
        {
            SealingKeys = [.. state.SealingKeys.Select(key =>
            {
                if (key.Retired || !which(key))
                    return key;
                SealingKey retired = key.Clone();
                retired.Retired = true;
                return retired;
            })],
        };
    }

    private static ClusterState WithResealed(Context c, ClusterState state, string id, long changedIn, List<ResealedField> fields)
    {
        Context step = c with { State = state };
        if (state.Alerts.TryGet(id, out Alert? alert) && alert.ChangedIn == changedIn)
        {
            Alert next = alert.Clone();
            if (Replace(step, next.Id, SecretSlots.Of(next), SealingAudience.Voters, fields, out bool wasClear))
            {
                next.ChangedIn = c.NextVersion;
                state = state with { Alerts = state.Alerts.With(next.Id, next.Name, next, next.Name), ClearUntil = wasClear ? c.Index : state.ClearUntil };
            }
        }
        else if (state.Checks.TryGet(id, out Check? check) && check.ChangedIn == changedIn)
        {
            Check next = check.Clone();
            if (Replace(step, next.Id, SecretSlots.Of(next), SealingAudience.Members, fields, out bool wasClear))
            {
                next.ChangedIn = c.NextVersion;
                state = state with { Checks = state.Checks.With(next.Id, next.Name, next, next.Name), ClearUntil = wasClear ? c.Index : state.ClearUntil };
            }
        }

        return state;
    }

    private static bool Replace(
        Context c, string id, IEnumerable<SecretSlot> slots, SealingAudience audience, List<ResealedField> fields, out bool wasClear)
    {
        wasClear = false;
        bool any = false;
        foreach (SecretSlot slot in slots.ToArray())
        {
            // Headers may have a name twice: they are named in their order.
            ResealedField? field = fields.Find(each => each.Name == slot.Field);
            if (field is null || !(slot.IsClear || slot.IsSealed))
                continue;
            fields.Remove(field);
            Secret sealedNow = new() { Sealed = field.Sealed };
            if (FaultOfSealed(c, id, [slot with { Secret = sealedNow }], audience) is not null)
                continue;
            wasClear |= slot.IsClear;
            slot.Replace(sealedNow);
            any = true;
        }

        return any;
    }

    private static ClusterState WithoutKeys(ClusterState state, IReadOnlyCollection<ByteString> ids)
    {
        HashSet<ByteString> used = SecretSlots.KeysIn(state);
        return state with { SealingKeys = [.. state.SealingKeys.Where(key => !key.Retired || used.Contains(key.Id) || !ids.Contains(key.Id))] };
    }

    /// <summary>A sealed secret belongs to one place of one cluster, and to a key that is there.</summary>
    private static Outcome? FaultOfSealed(Context c, string id, IEnumerable<SecretSlot> slots, SealingAudience audience)
    {
        foreach (SecretSlot slot in slots.Where(static slot => slot.IsSealed))
        {
            ReadOnlySpan<byte> bytes = slot.Secret.Sealed.Span;
            if (!SealedSecret.IsShaped(bytes))
                return Outcomes.Refuse(RefusalReason.Invalid, $"{slot.Field}: is not what the cluster sealed");
            if (!SealedSecret.Binding(bytes).SequenceEqual(new SecretPlace(id, slot.Field).Binding(c.State.ClusterId)))
                return Outcomes.Refuse(RefusalReason.Invalid, $"{slot.Field}: was sealed for another place; write the secret itself, and it is sealed for this one");
            if (c.State.SealingKeyOf(SealedSecret.KeyId(bytes)) is not { } key || key.Audience != audience)
                return Outcomes.Refuse(RefusalReason.Conflict, $"{slot.Field}: was sealed with a key that is no longer in use; look at it again and repeat the change");
        }

        return null;
    }
}
