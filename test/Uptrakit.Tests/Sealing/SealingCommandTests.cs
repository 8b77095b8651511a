using Google.Protobuf;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Sealing;

/// <summary>What the state machine decides about keys and sealed secrets, whatever a member proposes.</summary>
public sealed class SealingCommandTests : IDisposable
{
    private readonly SealedCluster cluster = new();

    public void Dispose() => cluster.Dispose();

    private Outcome Tend(TendSealing tend, SealedMember? by = null) => cluster.Run(new Command { TendSealing = tend }, (by ?? cluster.Founder).Id);

    private SealingKey New(SealingAudience audience = SealingAudience.Voters) => NewSealingKey.For("cluster", audience, cluster.State.Peers.Values);

    private void RefusesKey(SealingKey key)
    {
        byte[] before = cluster.State.ToSnapshot().SealingKeys.ToString().Select(static c => (byte)c).ToArray();
        Assert.Equal(OutcomeStatus.Refused, Tend(new TendSealing { Add = { key } }).Status);
        Assert.Equal(before, cluster.State.ToSnapshot().SealingKeys.ToString().Select(static c => (byte)c).ToArray());
    }

    [Fact]
    public void SealKey_OfAnotherMember_CannotBeSet()
    {
        SealedMember other = cluster.Join();
        Command set = new() { SetSealKey = new SetSealKey { NodeId = cluster.Founder.Id, PublicKey = other.Keys.Current.PublicKey } };
        Assert.Equal(RefusalReason.NotAllowed, cluster.Run(set, other.Id).Reason);
    }

    [Fact]
    public void SealKey_ThatIsNone_IsRefused()
    {
        foreach (byte[] key in (byte[][])[[], [4], [5, .. new byte[64]], [4, .. new byte[65]]])
        {
            Command set = new() { SetSealKey = new SetSealKey { NodeId = cluster.Founder.Id, PublicKey = ByteString.CopyFrom(key) } };
            Assert.Equal(RefusalReason.Invalid, cluster.Run(set).Reason);
        }
    }

    [Fact]
    public void SealKey_ChangedAgainAndAgain_IsRefusedForTenMinutes()
    {
        SealedMember probe = cluster.Join(Role.Probe), first = cluster.Join(), second = cluster.Join();
        Command To(SealedMember other) => new() { SetSealKey = new SetSealKey { NodeId = probe.Id, PublicKey = other.Keys.Current.PublicKey } };

        Assert.Equal(OutcomeStatus.Done, cluster.Run(To(first), probe.Id).Status);
        Assert.Equal(RefusalReason.Conflict, cluster.Run(To(second), probe.Id).Reason);
        cluster.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(OutcomeStatus.Done, cluster.Run(To(second), probe.Id).Status);
    }

    [Fact]
    public void SealKey_OfAProbe_CanBeSetByIt_AndNothingElseOfSealing()
    {
        SealedMember probe = cluster.Join(Role.Probe);
        Assert.Equal(probe.Keys.Current.PublicKey, cluster.State.Peers[probe.Id].SealKey);
        Assert.Equal(RefusalReason.NotAllowed, Tend(new TendSealing { Add = { New() } }, probe).Reason);
    }

    [Fact]
    public void NewKey_RetiresTheFormerOneOfItsAudienceOnly()
    {
        SealingKey voters = cluster.State.SealingKeyFor(SealingAudience.Voters)!, members = cluster.State.SealingKeyFor(SealingAudience.Members)!;

        Assert.Equal(OutcomeStatus.Done, Tend(new TendSealing { Add = { New() } }).Status);

        Assert.True(cluster.State.SealingKeyOf(voters.Id.Span)!.Retired);
        Assert.False(cluster.State.SealingKeyOf(members.Id.Span)!.Retired);
        Assert.NotEqual(voters.Id, cluster.State.SealingKeyFor(SealingAudience.Voters)!.Id);
    }

    [Fact]
    public void NewKey_ThatIsMalformed_IsRefused()
    {
        RefusesKey(new SealingKey());
        RefusesKey(new SealingKey(New()) { Id = cluster.State.SealingKeys[0].Id });
        RefusesKey(new SealingKey(New()) { Audience = SealingAudience.Unspecified });
        SealingKey twice = New();
        twice.Wraps.Add(twice.Wraps[0].Clone());
        RefusesKey(twice);
        SealingKey nobody = New();
        nobody.Wraps.Clear();
        RefusesKey(nobody);
    }

    [Fact]
    public void NewKey_ForSomebodyWhoseBusinessItIsNot_IsRefused()
    {
        SealedMember probe = cluster.Join(Role.Probe), gone = cluster.Join();
        SealingKey forProbe = NewSealingKey.For("cluster", SealingAudience.Members, cluster.State.Peers.Values);
        forProbe.Audience = SealingAudience.Voters;
        Assert.Contains(forProbe.Wraps, wrap => wrap.NodeId == probe.Id);
        RefusesKey(forProbe);

        SealingKey withGone = New();
        cluster.Remove(gone);
        RefusesKey(withGone);
    }

    [Fact]
    public void NewKeys_HaveABound()
    {
        int more = 0;
        while (Tend(new TendSealing { Add = { New() } }).Status == OutcomeStatus.Done)
            Assert.True(++more < 100);
        Assert.Equal(64, cluster.State.SealingKeys.Length);
    }

    [Fact]
    public void Wrap_ForAnotherKeyThanTheMemberTells_IsPassedOver_AndOneThatIsThereStays()
    {
        SealedMember other = cluster.Join();
        SealingKey key = cluster.State.SealingKeyFor(SealingAudience.Voters)!;
        using SealKey foreign = SealKey.Create();
        SealingWrap wrong = SealWraps.Of(new byte[32], "cluster", key, new Peer { NodeId = other.Id, SealKey = foreign.PublicKey })!;
        Tend(new TendSealing { Wraps = { new NewWrap { KeyId = key.Id, Wrap = wrong } } });
        Assert.DoesNotContain(cluster.State.SealingKeyOf(key.Id.Span)!.Wraps, w => w.NodeId == other.Id);

        cluster.Settle();
        SealingWrap rubbish = SealWraps.Of(new byte[32], "cluster", key, cluster.State.Peers[other.Id])!;
        Tend(new TendSealing { Wraps = { new NewWrap { KeyId = key.Id, Wrap = rubbish } } });
        Assert.DoesNotContain(rubbish, cluster.State.SealingKeyOf(key.Id.Span)!.Wraps);
    }

    [Fact]
    public void Removal_RetiresWhatTheMemberCouldOpen()
    {
        SealedMember probe = cluster.Join(Role.Probe);
        cluster.Settle();

        cluster.Remove(probe);

        Assert.True(cluster.State.SealingKeyFor(SealingAudience.Members)!.Retired);
        Assert.False(cluster.State.SealingKeyFor(SealingAudience.Voters)!.Retired);
    }

    [Fact]
    public void SealedSecret_CopiedToAnotherObjectOrField_IsRefused()
    {
        Alert alert = cluster.AddAlert();
        Alert copy = alert.Clone();
        (copy.Id, copy.Name) = ("", "copy");
        Assert.Equal(RefusalReason.Invalid, cluster.Propose(new Command { PutAlert = new PutAlert { Alert = copy } }).Reason);

        Alert swapped = alert.Clone();
        (swapped.Secrets["url"], swapped.Secrets["secret"]) = (alert.Secrets["secret"], alert.Secrets["url"]);
        Outcome outcome = cluster.Propose(new Command { PutAlert = new PutAlert { Alert = swapped } });
        Assert.Equal(RefusalReason.Invalid, outcome.Reason);
        Assert.Contains("another place", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SealedSecret_UnderAKeyThatIsNotThere_OrNotForIt_IsRefused()
    {
        Alert alert = cluster.AddAlert();
        ByteString members = cluster.State.SealingKeyFor(SealingAudience.Members)!.Id;
        foreach (ByteString id in (ByteString[])[ByteString.CopyFrom(new byte[8]), members])
        {
            Alert other = alert.Clone();
            byte[] bytes = other.Secrets["secret"].Sealed.ToByteArray();
            id.CopyTo(bytes, 1);
            other.Secrets["secret"] = new Secret { Sealed = ByteString.CopyFrom(bytes) };
            Assert.Equal(RefusalReason.Conflict, cluster.Propose(new Command { PutAlert = new PutAlert { Alert = other } }).Reason);
        }
    }

    [Fact]
    public void SealedSecret_ThatIsCut_IsRefused()
    {
        Alert alert = cluster.AddAlert().Clone();
        alert.Secrets["secret"] = new Secret { Sealed = ByteString.CopyFrom(alert.Secrets["secret"].Sealed.Span[..^1]) };
        Assert.Equal(RefusalReason.Invalid, cluster.Propose(new Command { PutAlert = new PutAlert { Alert = alert } }).Reason);
    }

    [Fact]
    public void Reseal_OfWhatHasChangedMeanwhile_IsPassedOver()
    {
        Alert alert = cluster.AddAlert();
        Alert other = cluster.AddAlert("other");
        Resealed late = new() { Id = alert.Id, ChangedIn = alert.ChangedIn - 1 };
        late.Fields.Add(new ResealedField { Name = "secret", Sealed = alert.Secrets["secret"].Sealed });
        Resealed moved = new() { Id = alert.Id, ChangedIn = alert.ChangedIn };
        moved.Fields.Add(new ResealedField { Name = "secret", Sealed = other.Secrets["secret"].Sealed });
        moved.Fields.Add(new ResealedField { Name = "none", Sealed = alert.Secrets["secret"].Sealed });
        long version = cluster.State.Version;

        Assert.Equal(OutcomeStatus.Done, Tend(new TendSealing { Reseal = { late, moved } }).Status);

        Assert.Equal(alert, cluster.State.Alerts.Values.Single(a => a.Id == alert.Id));
        Assert.Equal(version, cluster.State.Version);
    }

    [Fact]
    public void Drop_OfAKeyThatIsInUse_DoesNothing()
    {
        cluster.AddAlert();
        ByteString used = cluster.State.SealingKeyFor(SealingAudience.Voters)!.Id;
        ByteString current = cluster.State.SealingKeyFor(SealingAudience.Members)!.Id;
        Tend(new TendSealing { Add = { New() } });

        Tend(new TendSealing { Drop = { used, current } });

        Assert.NotNull(cluster.State.SealingKeyOf(used.Span));
        Assert.NotNull(cluster.State.SealingKeyOf(current.Span));
    }

    [Fact]
    public void Snapshot_HoldsTheKeys()
    {
        cluster.AddAlert();
        StateSnapshot snapshot = cluster.State.ToSnapshot();
        Assert.Equal(snapshot, ClusterState.FromSnapshot(StateSnapshot.Parser.ParseFrom(snapshot.ToByteArray())).ToSnapshot());
        Assert.Equal(2, snapshot.SealingKeys.Count);
    }
}
