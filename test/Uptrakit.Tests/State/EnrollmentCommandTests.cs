using Google.Protobuf;
using Uptrakit.Quorum.State;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.State;

public sealed class EnrollmentCommandTests
{
    private readonly TestMachine machine = new();

    [Fact]
    public void Claim_OfAnAutomaticToken_AdmitsTheKeyWithTheRoleOfTheToken()
    {
        machine.Invite("e-1", auto: true, Role.Probe);
        Assert.Equal(NodeOf(1), machine.Must(ClaimOf("e-1", 1, "one")));

        Peer peer = machine.State.Peers[NodeOf(1)];
        Assert.Equal((Role.Probe, Pin("one"), false), (peer.Role, Assert.Single(peer.Keys).SpkiSha256, peer.Joined));
        Assert.Equal(0, machine.State.Enrollments.Count);
    }

    [Fact]
    public void Claim_BySecondKey_IsRefusedAndTheFirstStaysInPlace()
    {
        machine.Invite("e-1");
        Assert.Equal(OutcomeStatus.Pending, machine.Run(ClaimOf("e-1", 1, "one")).Status);

        machine.MustRefuse(ClaimOf("e-1", 2, "two"), RefusalReason.TokenUsed);
        machine.MustRefuse(ClaimOf("e-1", 1, "two"), RefusalReason.TokenUsed); // the same NodeID does not make it the same machine
        machine.MustRefuse(ClaimOf("e-1", 2, "one"), RefusalReason.TokenUsed);

        machine.Must(ApproveOf("e-1", "one"));
        Assert.Equal(Pin("one"), machine.State.Peers[NodeOf(1)].Keys.Single().SpkiSha256);
    }

    [Fact]
    public void Claim_AgainByTheSameKey_GivesTheSameAnswerBeforeAndAfterApproval()
    {
        machine.Invite("e-1");
        Outcome first = machine.Run(ClaimOf("e-1", 1, "one"));
        byte[] pending = machine.Configuration();
        Outcome second = machine.Run(ClaimOf("e-1", 1, "one"));
        Assert.Equal((first.Status, first.Id, first.Message), (second.Status, second.Id, second.Message));
        Assert.Equal(pending, machine.Configuration());

        machine.Must(ApproveOf("e-1", "one"));
        byte[] admitted = machine.Configuration();
        Assert.Equal(NodeOf(1), machine.Must(ClaimOf("e-1", 1, "one")));
        Assert.Equal(admitted, machine.Configuration());
    }

    [Fact]
    public void Claim_AgainAfterAutomaticApproval_IsAnsweredToThatKeyOnly()
    {
        machine.Invite("e-1", auto: true);
        machine.Must(ClaimOf("e-1", 1, "one"));

        Assert.Equal(NodeOf(1), machine.Must(ClaimOf("e-1", 1, "one")));
        machine.MustRefuse(ClaimOf("e-1", 2, "two"), RefusalReason.TokenUsed);
        machine.MustRefuse(ClaimOf("e-1", 1, "two"), RefusalReason.TokenUsed); // the NodeID is no secret
        machine.MustRefuse(ClaimOf("e-1", 2, "one"), RefusalReason.TokenUsed);
    }

    [Fact]
    public void Claim_AgainAfterTheMemberWasRemoved_IsRefused()
    {
        machine.Invite("e-1", auto: true);
        machine.Must(ClaimOf("e-1", 1, "one"));
        machine.Must(new Command { RemovePeer = new RemoveById { Id = NodeOf(1) } });

        machine.MustRefuse(ClaimOf("e-1", 1, "one"), RefusalReason.TokenUsed);
    }

    [Fact]
    public void Claim_OfAnUnknownOrRevokedToken_IsRefused()
    {
        machine.MustRefuse(ClaimOf("e-never", 1, "one"), RefusalReason.TokenUnknown);
        machine.Invite("e-1", name: "bravo");
        machine.Must(new Command { RevokeEnrollment = new RemoveById { Id = "bravo" } });
        machine.MustRefuse(ClaimOf("e-1", 1, "one"), RefusalReason.TokenUnknown);
        machine.MustRefuse(new Command { RevokeEnrollment = new RemoveById { Id = "bravo" } }, RefusalReason.NotFound);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Claim_AtTheMomentOfExpiry_IsRefused(bool auto)
    {
        machine.Invite("e-1", auto, lifeMs: 1000);
        machine.NowMs += 1000;
        machine.MustRefuse(ClaimOf("e-1", 1, "one"), RefusalReason.TokenExpired);
    }

    [Fact]
    public void Claim_AgainAfterExpiry_IsRefusedAlthoughTheTokenWasUsedInTime()
    {
        machine.Invite("e-1", auto: true, lifeMs: 1000);
        machine.Must(ClaimOf("e-1", 1, "one"));
        machine.NowMs += 1000;
        machine.MustRefuse(ClaimOf("e-1", 1, "one"), RefusalReason.TokenExpired);
    }

    [Fact]
    public void Approve_AfterExpiry_IsRefused()
    {
        machine.Invite("e-1", lifeMs: 1000);
        machine.Run(ClaimOf("e-1", 1, "one"));
        machine.NowMs += 1000;
        machine.MustRefuse(ApproveOf("e-1", "one"), RefusalReason.TokenExpired);
    }

    [Fact]
    public void Approve_OfAnotherFingerprintThanTheClaims_IsRefused()
    {
        machine.Invite("e-1");
        machine.Run(ClaimOf("e-1", 1, "one"));
        machine.MustRefuse(ApproveOf("e-1", "two"), RefusalReason.Conflict);
        machine.MustRefuse(new Command { ApproveEnrollment = new ApproveEnrollment { Id = "e-1" } }, RefusalReason.Conflict);
    }

    [Fact]
    public void Approve_OfWhatNobodyClaimedOrKnows_IsRefused()
    {
        machine.Invite("e-1");
        machine.MustRefuse(ApproveOf("e-1", "one"), RefusalReason.Conflict);
        machine.MustRefuse(ApproveOf("e-2", "one"), RefusalReason.NotFound);
    }

    [Fact]
    public void Claim_OfAnExistingOrRemovedNodeId_IsRefused()
    {
        machine.Invite("e-1", auto: true);
        machine.Invite("e-2", auto: true);
        machine.Must(ClaimOf("e-1", 1, "one"));
        machine.MustRefuse(ClaimOf("e-2", 1, "two"), RefusalReason.NodeIdTaken);

        machine.Must(new Command { RemovePeer = new RemoveById { Id = NodeOf(1) } });
        machine.MustRefuse(ClaimOf("e-2", 1, "two"), RefusalReason.NodeIdTaken);
        machine.Must(ClaimOf("e-2", 2, "two"));
    }

    [Fact]
    public void Approve_OfANodeIdThatWasTakenMeanwhile_IsRefused()
    {
        machine.Invite("e-1");
        machine.Invite("e-2");
        machine.Run(ClaimOf("e-1", 1, "one"));
        machine.Run(ClaimOf("e-2", 1, "two"));
        machine.Must(ApproveOf("e-1", "one"));
        machine.MustRefuse(ApproveOf("e-2", "two"), RefusalReason.NodeIdTaken);
    }

    [Fact]
    public void Claim_WithAKeyThatAnotherMemberHasPinned_IsRefused()
    {
        machine.Invite("e-1", auto: true);
        machine.MustRefuse(ClaimOf("e-1", 1, "founder"), RefusalReason.NodeIdTaken);
    }

    [Theory]
    [InlineData("not-a-node")]
    [InlineData("AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA")] // one NodeID has one spelling, or one node would be two
    public void Claim_WithSomethingElseThanANodeId_IsRefused(string nodeId)
    {
        machine.Invite("e-1", auto: true);
        Command command = ClaimOf("e-1", 1, "one");
        command.ClaimEnrollment.Claim.NodeId = nodeId;
        machine.MustRefuse(command, RefusalReason.Invalid);
    }

    [Fact]
    public void Claim_BeyondTheLimitOfVoters_IsRefusedAndOfAProbeIsNot()
    {
        for (int node = 1; node < CommandApplier.MaxVoters; node++)
            machine.Join(node);
        machine.Invite("e-v", auto: true);
        machine.MustRefuse(ClaimOf("e-v", 100, "100"), RefusalReason.Limit);
        machine.Join(101, Role.Probe);
    }

    [Fact]
    public void Claim_BeyondTheLimitOfMembers_IsRefused()
    {
        for (int node = 1; node < CommandApplier.MaxPeers; node++)
            machine.Join(node, Role.Probe);
        machine.Invite("e-p", auto: true, Role.Probe);
        machine.MustRefuse(ClaimOf("e-p", 100, "100"), RefusalReason.Limit);
    }

    [Fact]
    public void Create_WithATakenIdOrName_IsRefused()
    {
        machine.Invite("e-1", name: "bravo");
        machine.MustRefuse(Create("e-2", "bravo"), RefusalReason.NameTaken);
        machine.MustRefuse(Create("e-1", "charlie"), RefusalReason.Conflict);

        machine.Invite("e-3", auto: true);
        machine.Must(ClaimOf("e-3", 1, "one"));
        machine.MustRefuse(Create("e-3", "delta"), RefusalReason.Conflict); // a used token does not come to life again
    }

    [Fact]
    public void Create_ThatIsRefused_DoesNotEvenPrune()
    {
        machine.Invite("e-old", lifeMs: 1000);
        machine.Invite("e-1", name: "bravo");
        machine.NowMs += 1000;
        machine.MustRefuse(Create("e-2", "bravo"), RefusalReason.NameTaken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(CommandApplier.MaxTokenLifeMs + 1)]
    public void Create_WithALifeThatIsNone_IsRefused(long lifeMs)
    {
        Command create = Create("e-1", "bravo");
        create.CreateEnrollment.Enrollment.ExpiresMs = machine.NowMs + lifeMs;
        machine.MustRefuse(create, RefusalReason.Invalid);
    }

    [Fact]
    public void Create_WithoutIdKeyOrRole_IsRefused()
    {
        Command noKey = Create("e-1", "bravo");
        noKey.CreateEnrollment.Enrollment.PublicKey = ByteString.Empty;
        machine.MustRefuse(noKey, RefusalReason.Invalid);
        machine.MustRefuse(Create("", "bravo"), RefusalReason.Invalid);
        Command noRole = Create("e-1", "bravo");
        noRole.CreateEnrollment.Enrollment.Role = Role.Unspecified;
        machine.MustRefuse(noRole, RefusalReason.Invalid);
    }

    [Fact]
    public void Create_WithAClaimInside_LosesIt()
    {
        Command create = Create("e-1", "bravo");
        create.CreateEnrollment.Enrollment.Claim = Claim(1, "one");
        machine.Must(create);
        machine.MustRefuse(ApproveOf("e-1", "one"), RefusalReason.Conflict);
    }

    [Fact]
    public void Create_BeyondTheLimit_IsRefusedUntilSomeExpire()
    {
        for (int i = 0; i < 100; i++)
            machine.Invite($"e-{i}", lifeMs: 1000);
        machine.MustRefuse(Create("e-x", "bravo"), RefusalReason.Limit);
        machine.NowMs += 1000;
        machine.Must(Create("e-x", "bravo"));
        Assert.Equal(1, machine.State.Enrollments.Count);
    }

    [Fact]
    public void Prune_RemovesWhatExpiredAndNothingElse()
    {
        machine.Invite("e-1", lifeMs: 1000);
        machine.Invite("e-2", auto: true, lifeMs: 1000);
        machine.Must(ClaimOf("e-2", 1, "one"));
        machine.Invite("e-3", lifeMs: 1001);
        machine.NowMs += 1000;
        machine.Must(new Command { PruneEnrollments = new PruneEnrollments() });

        Assert.Equal("e-3", Assert.Single(machine.State.Enrollments.Values).Id);
        Assert.Empty(machine.State.Consumed);
        machine.MustRefuse(ClaimOf("e-1", 2, "two"), RefusalReason.TokenUnknown);
    }

    private Command Create(string id, string name) => new()
    {
        CreateEnrollment = new CreateEnrollment
        {
            Enrollment = new PendingEnrollment
            {
                Id = id,
                Name = name,
                Role = Role.Voter,
                PublicKey = ByteString.CopyFromUtf8("key"),
                ExpiresMs = machine.NowMs + 1000,
            },
        },
    };
}
