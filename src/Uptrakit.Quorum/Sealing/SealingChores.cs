using System.Collections.Immutable;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Sealing;

/// <summary>
/// Keeps sealed secrets in order, once a second: the leader makes keys, gives them to members that arrived, seals anew what a member
/// that left could open, and what is in clear. Where the leader itself lacks a key, any voter that has it gives it.
/// </summary>
internal sealed class SealingChores(
    NodeId self, Keyring keys, StateStore store, Func<NodeId?> leader, Func<Command, CancellationToken, Task<ProposalResult>> propose, TimeProvider clock,
    ILogger logger)
{
    private const int MostObjects = 200;
    private const int MostBytes = 512 * 1024;

    /// <summary>So long a leader that cannot open the key in use waits for another voter to give it, and then makes a new one.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);
    private readonly string self = self.ToString();
    private Sight? tidy;
    private Sight? futile;
    private long? lacksSince;

    internal async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(s_period, clock);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            while (Next() is { } tend && await DoAsync(tend, cancel).ConfigureAwait(false))
            {
                // Until nothing is left to do, or nothing can be done now.
            }
        }
    }

    /// <summary>The next thing to do, or null.</summary>
    internal TendSealing? Next()
    {
        ClusterState state = store.State;
        if (!state.Peers.TryGetValue(self, out Peer? me) || me.Role != Role.Voter || me.SealKey.IsEmpty || Sight.Of(state).IsThe(futile))
            return null;
        bool leads = leader()?.ToString() == self;
        if (state.SealingKeys.IsEmpty)
            return leads && state.Joined.All(static peer => !peer.SealKey.IsEmpty) ? Make(state, NewSealingKey.Audiences) : null;
        if (Wraps(state, leads) is { } wraps)
            return wraps;
        if (!leads)
        {
            lacksSince = null;
            return null;
        }

        return Renewed(state) ?? Tidied(state);
    }

    /// <summary>Why secrets stand in clear text on the members' disks; null: they do not. No key is made while a member could not open it.</summary>
    internal static string? HeldBackBy(ClusterState state)
    {
        if (!state.SealingKeys.IsEmpty || !SecretSlots.AnyClear(state))
            return null;
        string[] without = [.. state.Joined.Where(static peer => peer.SealKey.IsEmpty).Select(static peer => $"{peer.NodeId} ({peer.Advertise})")];
        return without.Length == 0 ? null
            : $"secrets stay in clear text on the disks of all members until {string.Join(", ", without)} has a key for them; update its software, or remove it with 'qu node remove'";
    }

    private async Task<bool> DoAsync(TendSealing tend, CancellationToken cancel)
    {
        long before = store.Current.Index;
        Sight seen = Sight.Of(store.State);
        ProposalResult result = await propose(new Command { TendSealing = tend }, cancel).ConfigureAwait(false);
        if (result.Outcome is { Status: OutcomeStatus.Refused } refused)
        {
            logger.SealingRefused(refused.Message);
            futile = seen;
        }

        if (result.Outcome is not { Status: OutcomeStatus.Done })
            return false;
        if (tend.Add.Count > 0)
            logger.SealingKeyMade(tend.Add.Count);
        if (tend.Reseal.Count > 0)
            logger.SecretsSealed(tend.Reseal.Count);
        // What was done is to be seen before it is looked at again; on a follower that takes a moment.
        await store.WaitUntilAsync(now => now.Index > before, s_period, clock, cancel).ConfigureAwait(false);
        if (!Sight.Of(store.State).IsThe(seen))
            return true;
        // What changed nothing now changes nothing in a second either, and would fill the log.
        futile = seen;
        return false;
    }

    /// <summary>Keys that I have and another member lacks.</summary>
    private TendSealing? Wraps(ClusterState state, bool leads)
    {
        TendSealing tend = new();
        foreach (SealingKey key in state.SealingKeys)
        {
            Peer[] lacking = [.. state.Peers.Values.Where(peer => SealShapes.IsFor(peer, key.Audience) && !Has(key, peer))];
            bool mine = leads || (leader() is { } other && lacking.Any(peer => peer.NodeId == other.ToString()));
            if (lacking.Length == 0 || !mine || !keys.TryKey(state, key, out byte[]? secret))
                continue;
            foreach (Peer peer in lacking)
            {
                if (SealWraps.Of(secret, state.ClusterId, key, peer) is { } wrap)
                    tend.Wraps.Add(new NewWrap { KeyId = key.Id, Wrap = wrap });
            }
        }

        return tend.Wraps.Count > 0 ? tend : null;
    }

    private static bool Has(SealingKey key, Peer peer) =>
        key.Wraps.FirstOrDefault(wrap => wrap.NodeId == peer.NodeId) is { } wrap && SealShapes.KeyId(peer.SealKey).SequenceEqual(wrap.ForKey.Span);

    /// <summary>Keys in place of those that somebody who left could open, and of those that are lost.</summary>
    private TendSealing? Renewed(ClusterState state)
    {
        SealingAudience[] retired = [.. NewSealingKey.Audiences.Where(audience => state.SealingKeyFor(audience) is null or { Retired: true })];
        if (retired.Length > 0)
            return Make(state, retired);
        SealingAudience[] lacked = [.. NewSealingKey.Audiences.Where(audience => !keys.TryKey(state, state.SealingKeyFor(audience)!, out _))];
        if (lacked.Length == 0)
        {
            lacksSince = null;
            return null;
        }

        lacksSince ??= clock.GetTimestamp();
        return clock.GetElapsedTime(lacksSince.Value) > s_patience ? Make(state, lacked) : null;
    }

    private static TendSealing? Make(ClusterState state, SealingAudience[] audiences)
    {
        TendSealing tend = new();
        foreach (SealingAudience audience in audiences)
        {
            SealingKey key = NewSealingKey.For(state.ClusterId, audience, state.Peers.Values);
            if (key.Wraps.Count > 0)
                tend.Add.Add(key);
        }

        return tend.Add.Count > 0 ? tend : null;
    }

    /// <summary>Secrets that are in clear or sealed with a retired key are sealed anew; then keys that nothing needs are dropped.</summary>
    private TendSealing? Tidied(ClusterState state)
    {
        if (Sight.Of(state).IsThe(tidy))
            return null;
        TendSealing tend = new();
        int bytes = 0;
        IEnumerable<Resealed> work = state.Alerts.Values
            .Select(alert => Resealed(state, alert.Id, alert.ChangedIn, SecretSlots.Of(alert), SealingAudience.Voters))
            .Concat(state.Checks.Values.Select(check => Resealed(state, check.Id, check.ChangedIn, SecretSlots.Of(check), SealingAudience.Members)))
            .OfType<Resealed>();
        foreach (Resealed each in work)
        {
            tend.Reseal.Add(each);
            bytes += each.CalculateSize();
            if (tend.Reseal.Count == MostObjects || bytes > MostBytes)
                break;
        }

        if (tend.Reseal.Count > 0)
            return tend;
        tend.Drop.AddRange(Unused(state));
        if (tend.Drop.Count > 0)
            return tend;
        tidy = Sight.Of(state);
        return null;
    }

    private Resealed? Resealed(ClusterState state, string id, long changedIn, IEnumerable<SecretSlot> slots, SealingAudience audience)
    {
        Resealed? anew = null;
        foreach (SecretSlot slot in slots)
        {
            SecretPlace place = new(id, slot.Field);
            if (TextOf(state, place, slot) is not { } text
                || state.SealingKeyFor(audience) is not { } key || !keys.TryKey(state, key, out byte[]? secret))
                continue;
            anew ??= new Resealed { Id = id, ChangedIn = changedIn };
            anew.Fields.Add(new ResealedField { Name = slot.Field, Sealed = SealBox.Seal(secret, key.Id.Span, state.ClusterId, place, text) });
        }

        return anew;
    }

    /// <summary>The text that is to be sealed anew; null: it is well as it is, or cannot be opened here.</summary>
    private string? TextOf(ClusterState state, SecretPlace place, SecretSlot slot)
    {
        if (slot.IsClear)
            return slot.Secret.Text;
        if (!slot.IsSealed || !SealedSecret.IsShaped(slot.Secret.Sealed.Span))
            return null;
        bool isOld = state.SealingKeyOf(SealedSecret.KeyId(slot.Secret.Sealed.Span)) is { Retired: true };
        return isOld && keys.TryOpen(place, slot.Secret.Sealed.Span, out string text, out _) ? text : null;
    }

    private static IEnumerable<ByteString> Unused(ClusterState state)
    {
        ByteString[] retired = [.. state.SealingKeys.Where(static key => key.Retired).Select(static key => key.Id)];
        if (retired.Length == 0)
            return [];
        HashSet<ByteString> used = SecretSlots.KeysIn(state);
        return retired.Where(id => !used.Contains(id));
    }

    /// <summary>The parts of a state that sealing is about: immutable, so that the same object is the same content.</summary>
    private readonly record struct Sight(object Peers, object Checks, object Alerts, ImmutableArray<SealingKey> Keys)
    {
        internal static Sight Of(ClusterState state) => new(state.Peers, state.Checks, state.Alerts, state.SealingKeys);

        internal bool IsThe(Sight? other) => other is { } seen && ReferenceEquals(seen.Peers, Peers) && ReferenceEquals(seen.Checks, Checks)
            && ReferenceEquals(seen.Alerts, Alerts) && seen.Keys == Keys;
    }
}
