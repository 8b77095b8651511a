using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Consensus;
using Uptrakit.Tests.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Transport;

public sealed class LeaderDeskTests : IAsyncLifetime
{
    private const string VoterText = "22222222-2222-4222-8222-000000000001";
    private const string ProbeText = "22222222-2222-4222-8222-000000000002";
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(TestMachine.Start + 5000));
    private TestEngineCluster cluster = null!;
    private LeaderDesk desk = null!;
    private bool leads = true;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StateStore Store => cluster[0].Store;

    public async ValueTask InitializeAsync()
    {
        cluster = await TestEngineCluster.OfAsync(1);
        desk = new(cluster.Founder, Store, () => leads ? cluster[0].Engine : null, clock);
        await EnrollAsync(cluster, "e-1", Role.Voter, 1);
        await EnrollAsync(cluster, "e-2", Role.Probe, 2);
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Proposal_OfAMember_CarriesTheConnectionsNameAndTheLeadersTime()
    {
        Command command = PutCheck("web");
        command.Proposer = cluster.Founder.ToString();
        command.AtMs = 1;
        bool tellsEnds = false;
        Store.Applied += (_, applied, _) => tellsEnds = applied.TellsEnds;
        Outcome? outcome = await desk.CommitForAsync(command, Node(VoterText), Cancel);

        Assert.Equal(OutcomeStatus.Done, outcome!.Status);
        Assert.Equal((VoterText, TestMachine.Start + 5000), (Store.State.UpdatedBy, Store.State.UpdatedMs));
        Assert.True(tellsEnds);
    }

    [Fact]
    public async Task OwnProposal_CarriesTheLeadersNameAndTime()
    {
        Command command = PutCheck("web");
        command.Proposer = VoterText;
        await desk.CommitOwnAsync(command, Cancel);
        Assert.Equal((cluster.Founder.ToString(), TestMachine.Start + 5000), (Store.State.UpdatedBy, Store.State.UpdatedMs));
    }

    [Fact]
    public async Task LeadersOwnChanges_FromAMember_AreRefused()
    {
        Command[] own =
        [
            new() { Transition = new Transition { To = CheckState.Down } },
            new() { Delivered = new Delivered() },
            new() { Remind = new Remind() },
            new() { Escalate = new Escalate() },
            new() { NoteMember = new NoteMember() },
            new() { Checkpoint = new Checkpoint() },
            new() { Compact = new Compact { Index = 1 } },
            new() { MarkJoined = new MarkJoined { NodeId = ProbeText } },
            new() { PruneEnrollments = new PruneEnrollments() },
            new() { Found = new Found() },
            new(),
        ];
        long applied = Store.Current.Index;
        foreach (Command command in own)
        {
            command.Id = Proposer.NewId();
            await AssertNotAllowedAsync(command, VoterText);
        }

        Assert.Equal(applied, Store.Current.Index);
    }

    [Fact]
    public async Task Probe_MayChangeItsOwnKeyAndNothingElse()
    {
        await AssertNotAllowedAsync(PutCheck("web"), ProbeText);
        await AssertNotAllowedAsync(new Command { Id = Proposer.NewId(), RemovePeer = new RemoveById { Id = VoterText } }, ProbeText);
        await AssertNotAllowedAsync(AddKey(VoterText), ProbeText);
        Outcome? own = await desk.CommitForAsync(AddKey(ProbeText), Node(ProbeText), Cancel);
        Assert.Equal(OutcomeStatus.Done, own!.Status);
    }

    [Fact]
    public async Task Stranger_MayProposeNothing() => await AssertNotAllowedAsync(PutCheck("web"), NodeId.New().ToString());

    [Fact]
    public async Task Proposal_WithoutAProperIdOrTooLarge_IsRefused()
    {
        Command noId = PutCheck("web");
        noId.Id = ByteString.Empty;
        Assert.Equal(RefusalReason.Invalid, (await desk.CommitForAsync(noId, Node(VoterText), Cancel))!.Reason);

        Command large = PutCheck("web");
        large.PutCheck.Check.BodyMatch = new string('x', LeaderDesk.MaxCommand);
        Assert.Equal(RefusalReason.Invalid, (await desk.CommitForAsync(large, Node(VoterText), Cancel))!.Reason);
    }

    [Fact]
    public async Task Proposal_ToANodeThatDoesNotLead_HasNoOutcome()
    {
        leads = false;
        Assert.Null(await desk.CommitForAsync(PutCheck("web"), Node(VoterText), Cancel));
        Assert.Null(await desk.CommitOwnAsync(PutCheck("web"), Cancel));
    }

    [Fact]
    public async Task Removal_OfTheOnlyVoterOfTheEngine_IsRefusedBeforeItLosesItsVote()
    {
        Command remove = new() { Id = Proposer.NewId(), RemovePeer = new RemoveById { Id = cluster.Founder.ToString() } };
        Assert.Equal(RefusalReason.NotAllowed, (await desk.CommitForAsync(remove, Node(VoterText), Cancel))!.Reason);
        Assert.Equal([cluster.Founder], cluster[0].Engine.Voters);
    }

    [Fact]
    public async Task Removal_OfTheLeader_IsFinishedByTheNextOne()
    {
        await using TestEngineCluster three = await TestEngineCluster.OfAsync(3);
        await EnrollAsync(three, "e-1", Role.Voter, 1);
        TestEngineNode old = await three.LeaderAsync();
        // The founder is the only one of them that the state knows, and the smallest NodeID.
        Assert.Equal(three.Founder, old.Id);
        Command remove = new() { Id = Proposer.NewId(), RemovePeer = new RemoveById { Id = old.Id.ToString() } };

        Outcome? first = await DeskOf(old).CommitForAsync(remove, Node(VoterText), Cancel);
        Assert.True(first is null or { Status: OutcomeStatus.Done }, first?.Message);
        TestEngineNode next = await three.LeaderAsync(old);
        Outcome? second = await DeskOf(next).CommitForAsync(remove, Node(VoterText), Cancel);
        Assert.True(second is { Status: OutcomeStatus.Done }, second?.Message);
        Assert.DoesNotContain(old.Id, next.Engine.Voters);

        static LeaderDesk DeskOf(TestEngineNode node) => new(node.Id, node.Store, () => node.Engine, TimeProvider.System);
    }

    private static NodeId Node(string text) => NodeId.TryParse(text, out NodeId? id) ? id : throw new ArgumentException(text, nameof(text));

    private static Command PutCheck(string name) => new() { Id = Proposer.NewId(), PutCheck = new PutCheck { Check = TestMachine.Check(name) } };

    private static Command AddKey(string node) =>
        new() { Id = Proposer.NewId(), AddPeerKey = new AddPeerKey { NodeId = node, Key = TestMachine.Key("next of " + node) } };

    private async Task AssertNotAllowedAsync(Command command, string proposer)
    {
        Outcome? outcome = await desk.CommitForAsync(command, Node(proposer), Cancel);
        Assert.Equal(RefusalReason.NotAllowed, outcome!.Reason);
    }

    private static async Task EnrollAsync(TestEngineCluster cluster, string id, Role role, int node)
    {
        PendingEnrollment enrollment = new()
        {
            Id = id,
            Role = role,
            AutoApprove = true,
            PublicKey = ByteString.CopyFromUtf8("key"),
            ExpiresMs = TestMachine.Start + 60_000,
        };
        await cluster.CommitAsync(new Command { CreateEnrollment = new CreateEnrollment { Enrollment = enrollment } });
        Outcome outcome = await cluster.CommitAsync(TestMachine.ClaimOf(id, node, node.ToString()));
        Assert.Equal(OutcomeStatus.Done, outcome.Status);
    }
}
