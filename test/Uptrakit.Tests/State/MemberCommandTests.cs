using Uptrakit.Quorum.State;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.State;

public sealed class MemberCommandTests
{
    private readonly TestMachine machine = new();

    [Fact]
    public void Command_OfAnUnknownProposer_IsRefused()
    {
        machine.MustRefuse(new Command { PutCheck = new PutCheck { Check = Check("web") } }, RefusalReason.NotAllowed, NodeOf(1));
        machine.MustRefuse(new Command { Checkpoint = new Checkpoint() }, RefusalReason.NotAllowed, "");
    }

    [Fact]
    public void Command_OfARemovedMember_IsRefused()
    {
        machine.Join(1);
        machine.Must(new Command { RemovePeer = new RemoveById { Id = NodeOf(1) } });
        machine.MustRefuse(new Command { PutCheck = new PutCheck { Check = Check("web") } }, RefusalReason.NotAllowed, NodeOf(1));
    }

    [Fact]
    public void Found_ASecondTime_IsRefused() => machine.MustRefuse(
        new Command { Found = new Found { ClusterId = "mine", Peer = PeerOf(NodeOf(1), "evil") } }, RefusalReason.Conflict, NodeOf(1));

    [Fact]
    public void RemovePeer_OfTheOnlyVoter_IsRefused()
    {
        machine.Join(1, Role.Probe);
        machine.MustRefuse(new Command { RemovePeer = new RemoveById { Id = Founder } }, RefusalReason.NotAllowed);
        machine.MustRefuse(new Command { RemovePeer = new RemoveById { Id = NodeOf(9) } }, RefusalReason.NotFound);
        machine.Must(new Command { RemovePeer = new RemoveById { Id = NodeOf(1) } });
        Assert.Contains(NodeOf(1), machine.State.RemovedNodeIds);
    }

    [Fact]
    public void Keys_OfAnotherMember_CannotBeChanged()
    {
        machine.Join(1);
        machine.MustRefuse(AddKey(Founder, "evil"), RefusalReason.NotAllowed, NodeOf(1));
        machine.MustRefuse(DropKey(Founder, "founder"), RefusalReason.NotAllowed, NodeOf(1));
        machine.MustRefuse(
            new Command { SetAdvertise = new SetAdvertise { NodeId = Founder, Advertise = "evil.example.org:9901" } }, RefusalReason.NotAllowed, NodeOf(1));
    }

    [Fact]
    public void AddPeerKey_OfAnotherMembersKey_IsRefused()
    {
        machine.Join(1);
        machine.MustRefuse(AddKey(NodeOf(1), "founder"), RefusalReason.NodeIdTaken, NodeOf(1));
    }

    [Fact]
    public void Rotation_HoldsTwoKeysAtTheMostAndNeverNone()
    {
        machine.Must(AddKey(Founder, "next"));
        machine.MustRefuse(AddKey(Founder, "third"), RefusalReason.Conflict);
        machine.Must(AddKey(Founder, "next")); // a retry is no third key
        Assert.Equal([Pin("founder"), Pin("next")], machine.State.Peers[Founder].Keys.Select(static k => k.SpkiSha256));

        machine.Must(DropKey(Founder, "founder"));
        machine.Must(DropKey(Founder, "founder"));
        machine.MustRefuse(DropKey(Founder, "next"), RefusalReason.NotAllowed);
        Assert.Equal([Pin("next")], machine.State.Peers[Founder].Keys.Select(static k => k.SpkiSha256));
    }

    [Fact]
    public void MarkJoined_CountsTheMemberOnceAndIgnoresStrangers()
    {
        machine.Join(1);
        Assert.Equal([Founder], machine.State.Joined.Select(static p => p.NodeId));
        machine.Must(new Command { MarkJoined = new MarkJoined { NodeId = NodeOf(1) } });
        byte[] joined = machine.Configuration();
        machine.Must(new Command { MarkJoined = new MarkJoined { NodeId = NodeOf(1) } });
        machine.Must(new Command { MarkJoined = new MarkJoined { NodeId = NodeOf(2) } });
        Assert.Equal(joined, machine.Configuration());
        Assert.Equal(2, machine.State.Joined.Count());
    }

    private static Command AddKey(string node, string key) => new() { AddPeerKey = new AddPeerKey { NodeId = node, Key = Key(key) } };

    private static Command DropKey(string node, string key) => new() { DropPeerKey = new DropPeerKey { NodeId = node, SpkiSha256 = Pin(key) } };
}
