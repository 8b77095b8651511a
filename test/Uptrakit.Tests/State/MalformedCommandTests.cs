using Google.Protobuf;
using Google.Protobuf.Reflection;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Verdicts;

namespace Uptrakit.Tests.State;

/// <summary>A command that made the state machine throw would stop every node, now and at every start.</summary>
public sealed class MalformedCommandTests
{
    [Fact]
    public void Apply_AnyChangeWithNothingInIt_IsAnsweredNotThrown()
    {
        foreach (FieldDescriptor change in Command.Descriptor.Oneofs.Single().Fields)
        {
            Command command = new();
            change.Accessor.SetValue(command, change.MessageType.Parser.ParseFrom(ByteString.Empty));
            Assert.NotNull(new TestMachine().Run(command));
            Assert.NotNull(CommandApplier.Apply(ClusterState.Empty, 1, command).Outcome);
        }
    }

    [Fact]
    public void Apply_NoChangeAtAll_IsRefused() => new TestMachine().MustRefuse(new Command(), RefusalReason.Invalid);

    [Fact]
    public void Claim_WithoutAKey_IsRefusedWhateverTheTokenHasSeen()
    {
        TestMachine machine = new();
        machine.Invite("e-open");
        machine.Invite("e-claimed");
        machine.Run(TestMachine.ClaimOf("e-claimed", 1, "1"));
        machine.Invite("e-used", auto: true);
        machine.Must(TestMachine.ClaimOf("e-used", 2, "2"));
        foreach (string id in (string[])["e-open", "e-claimed", "e-used"])
        {
            machine.MustRefuse(new Command { ClaimEnrollment = new ClaimEnrollment { Id = id } }, RefusalReason.Invalid);
            ClaimEnrollment keyless = new() { Id = id, Claim = new EnrollmentClaim { NodeId = TestMachine.NodeOf(1) } };
            machine.MustRefuse(new Command { ClaimEnrollment = keyless }, RefusalReason.Invalid);
        }
    }

    /// <summary>The time of a command is the leader's word, and a leader may be in wrong hands.</summary>
    [Theory]
    [InlineData(long.MinValue + 1)]
    [InlineData(long.MaxValue)]
    public void NoteMember_AtATimeThatIsNoTime_IsAnsweredNotThrown(long atMs)
    {
        TestMachine machine = new() { NowMs = 1 };
        machine.Must(new Command { NoteMember = new NoteMember { NodeId = TestMachine.Founder, Kind = MessageKind.MemberClock } });

        machine.NowMs = atMs;

        Assert.NotNull(machine.Run(new Command { NoteMember = new NoteMember { NodeId = TestMachine.Founder, Kind = MessageKind.MemberClockRight } }));
        Assert.NotNull(Duties.Of(machine.State, [new MemberSight(TestMachine.Founder, TimeSpan.Zero, TimeSpan.Zero)], DateTimeOffset.FromUnixTimeMilliseconds(1)).ToList());
    }

    [Fact]
    public void AddPeerKey_WithoutAKey_IsRefused() => new TestMachine().MustRefuse(
        new Command { AddPeerKey = new AddPeerKey { NodeId = TestMachine.Founder } }, RefusalReason.Invalid);

    [Fact]
    public void Found_WithoutAMember_IsRefused() =>
        Assert.Equal(RefusalReason.Invalid, CommandApplier.Apply(ClusterState.Empty, 1, new Command { Found = new Found { ClusterId = "c" } }).Outcome.Reason);

    [Fact]
    public void Edit_WithEmptyParts_IsAnsweredNotThrown()
    {
        ApplyEdit edit = new() { PutChecks = { new PutCheck() }, PutAlerts = { new PutAlert() }, RemoveChecks = { new RemoveById() } };
        Assert.Equal(OutcomeStatus.Refused, new TestMachine().Run(new Command { ApplyEdit = edit }).Status);
    }
}
