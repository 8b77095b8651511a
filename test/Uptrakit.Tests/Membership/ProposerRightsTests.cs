using Google.Protobuf;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Membership;

/// <summary>Who may change what, decided by every node when it applies.</summary>
public sealed class ProposerRightsTests
{
    private static readonly string Voter = Guid.NewGuid().ToString();
    private static readonly string Probe = Guid.NewGuid().ToString();

    private static readonly ClusterState State = ClusterState.Empty with
    {
        ClusterId = Guid.NewGuid().ToString(),
        Peers = ClusterState.Empty.Peers
            .Add(Voter, new Peer { NodeId = Voter, Role = Role.Voter, Keys = { Key(1) } })
            .Add(Probe, new Peer { NodeId = Probe, Role = Role.Probe, Keys = { Key(2) } }),
    };

    private static PeerKey Key(byte seed) => new() { SpkiSha256 = ByteString.CopyFrom(Enumerable.Repeat(seed, 32).ToArray()) };

    private static Outcome Apply(string proposer, Command command)
    {
        command.Proposer = proposer;
        return CommandApplier.Apply(State, 1, command).Outcome;
    }

    private static Command[] Changes =>
    [
        new Command { SetResolvers = new SetResolvers { Resolvers = { "192.0.2.1" } } },
        new Command { RemovePeer = new RemoveById { Id = Voter } },
        new Command { PruneEnrollments = new PruneEnrollments() },
        new Command { ClaimEnrollment = new ClaimEnrollment { Id = "e", Claim = new EnrollmentClaim { Key = Key(3) } } },
        new Command { Checkpoint = new Checkpoint() },
    ];

    [Fact]
    public void Apply_AProbesChange_IsRefused() =>
        Assert.All(Changes, static change => Assert.Equal(RefusalReason.NotAllowed, Apply(Probe, change).Reason));

    /// <summary>What an operator asks of a follower goes to the leader; verdicts and who is to be believed are the leader's own.</summary>
    [Fact]
    public async Task Forward_WhatOperatorsAskFor_IsTakenAndVerdictsAreNot()
    {
        StateStore store = new();
        store.Replace(new AppliedState(1, 1, State));
        // No engine: what is not refused at once is answered with null, "this node does not lead".
        LeaderDesk desk = new(NodeId.New(), store, static () => null, TimeProvider.System);
        Assert.True(NodeId.TryParse(Voter, out NodeId? voter));
        Command[] taken =
        [
            new() { PutWindow = new PutWindow() }, new() { RemoveWindow = new RemoveById { Id = "w" } }, new() { Acknowledge = new Acknowledge { CheckId = "c" } },
            new() { PutCheck = new PutCheck() },
        ];
        Command[] refused =
        [
            new() { NoteMember = new NoteMember { NodeId = Probe, Kind = MessageKind.MemberExcluded } }, new() { Transition = new Transition { CheckId = "c" } },
            new() { Delivered = new Delivered() }, new() { Remind = new Remind() },
        ];

        foreach (Command command in taken.Concat(refused))
        {
            command.Id = ByteString.CopyFrom(new byte[16]);
            Outcome? outcome = await desk.CommitForAsync(command, voter!, TestContext.Current.CancellationToken);
            Assert.Equal(refused.Contains(command) ? RefusalReason.NotAllowed : null, outcome?.Reason);
        }
    }

    [Fact]
    public void Apply_AStrangersChange_IsRefused() =>
        Assert.All(Changes, static change => Assert.Equal(RefusalReason.NotAllowed, Apply(Guid.NewGuid().ToString(), change).Reason));

    [Fact]
    public void Apply_AProbesOwnAddressAndKeys_AreTaken()
    {
        Assert.Equal(OutcomeStatus.Done, Apply(Probe, new Command { SetAdvertise = new SetAdvertise { NodeId = Probe, Advertise = "a.example:1" } }).Status);
        Assert.Equal(OutcomeStatus.Done, Apply(Probe, new Command { AddPeerKey = new AddPeerKey { NodeId = Probe, Key = Key(4) } }).Status);
    }

    [Fact]
    public void Apply_AddressOrKeyOfAnother_IsRefused()
    {
        Assert.Equal(RefusalReason.NotAllowed, Apply(Probe, new Command { SetAdvertise = new SetAdvertise { NodeId = Voter, Advertise = "a.example:1" } }).Reason);
        Assert.Equal(RefusalReason.NotAllowed, Apply(Voter, new Command { AddPeerKey = new AddPeerKey { NodeId = Probe, Key = Key(4) } }).Reason);
    }

    /// <summary>A member's message without its parts must not stop the state machine of every node.</summary>
    [Fact]
    public void Apply_ChangesWithoutTheirParts_AreRefused()
    {
        Assert.Equal(OutcomeStatus.Refused, Apply(Voter, new Command()).Status);
        Assert.Equal(OutcomeStatus.Refused, Apply(Voter, new Command { ClaimEnrollment = new ClaimEnrollment { Id = "e" } }).Status);
        Assert.Equal(OutcomeStatus.Refused, Apply(Voter, new Command { ClaimEnrollment = new ClaimEnrollment { Claim = new EnrollmentClaim() } }).Status);
        Assert.Equal(OutcomeStatus.Refused, Apply(Voter, new Command { AddPeerKey = new AddPeerKey { NodeId = Voter } }).Status);
        Assert.Equal(OutcomeStatus.Refused, Apply(Voter, new Command { CreateEnrollment = new CreateEnrollment() }).Status);
        Assert.Equal(OutcomeStatus.Refused, Apply(Voter, new Command { PutCheck = new PutCheck() }).Status);
        Assert.Equal(OutcomeStatus.Refused, Apply(Voter, new Command { PutAlert = new PutAlert() }).Status);
    }

    [Fact]
    public void Apply_ACertificateOfMegabytes_IsRefused()
    {
        PeerKey bloated = Key(4);
        bloated.Certificate = ByteString.CopyFrom(new byte[1024 * 1024]);

        Assert.Equal(OutcomeStatus.Refused, Apply(Voter, new Command { AddPeerKey = new AddPeerKey { NodeId = Voter, Key = bloated } }).Status);
    }
}
