using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Consensus;
using Uptrakit.Tests.State;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Transport;

public sealed class ProposerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(TestMachine.Start));
    private readonly Queue<NodeId?> leaders = new();
    private readonly NodeId elsewhere = NodeId.New();
    private TestEngineCluster cluster = null!;
    private PeerChannels channels = null!;
    private int notLeading;

    public async ValueTask InitializeAsync()
    {
        cluster = await TestEngineCluster.OfAsync(1);
        channels = new(cluster[0].Directory, new PeerVerifier(cluster[0].Directory.Pins, clock), cluster[0].Own);
    }

    public ValueTask DisposeAsync()
    {
        channels.Dispose();
        return cluster.DisposeAsync();
    }

    [Fact]
    public async Task Proposal_WhileLeadershipMoves_IsCommittedOnceUnderOneId()
    {
        foreach (NodeId? leader in (NodeId?[])[null, elsewhere, cluster.Founder, null, cluster.Founder])
            leaders.Enqueue(leader);
        notLeading = 1;
        List<ByteString> committed = [];
        cluster[0].Store.Applied += (_, command, _) => committed.Add(command.Id);

        Command command = new() { PutCheck = new PutCheck { Check = TestMachine.Check("web") } };
        ProposalResult result = await ProposeAsync(command, cluster.Founder);

        Assert.Equal((OutcomeStatus.Done, true), (result.Outcome!.Status, result.Sent));
        Assert.Equal([command.Id], committed);
        Assert.Equal(16, command.Id.Length);
    }

    [Fact]
    public async Task Proposal_ThatWasCommittedBefore_GivesTheFirstAnswerAgain()
    {
        Command command = new() { Id = Proposer.NewId(), PutCheck = new PutCheck { Check = TestMachine.Check("web") } };
        ProposalResult first = await ProposeAsync(command, cluster.Founder);
        ProposalResult second = await ProposeAsync(command, cluster.Founder);
        Assert.Equal((OutcomeStatus.Done, first.Outcome), (second.Outcome!.Status, second.Outcome));
    }

    [Fact]
    public async Task Proposal_WithoutALeader_SaysThatNothingWasChanged()
    {
        ProposalResult result = await ProposeAsync(new Command { PutCheck = new PutCheck { Check = TestMachine.Check("web") } }, null);
        Assert.Null(result.Outcome);
        Assert.False(result.Sent);
        Assert.Contains("no quorum: nothing was changed", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proposal_ThatALeaderTookWithoutAnAnswer_SaysThatItMayTakeEffect()
    {
        notLeading = int.MaxValue;
        ProposalResult result = await ProposeAsync(new Command { PutCheck = new PutCheck { Check = TestMachine.Check("web") } }, cluster.Founder);
        Assert.Null(result.Outcome);
        Assert.True(result.Sent);
        Assert.Contains("may or may not", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proposal_ThatIsCancelled_Throws()
    {
        using CancellationTokenSource cancel = new();
        Proposer proposer = new(DeskOf(), channels, static () => null, static _ => false, clock);
        Task<ProposalResult> running = proposer.ProposeAsync(new Command(), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private LeaderDesk DeskOf() => new(cluster.Founder, cluster[0].Store, () => notLeading-- > 0 ? null : cluster[0].Engine, clock);

    private async Task<ProposalResult> ProposeAsync(Command command, NodeId? inTheEnd)
    {
        Proposer proposer = new(
            DeskOf(), channels, () => leaders.TryDequeue(out NodeId? next) ? next : inTheEnd, id => id == cluster.Founder, clock);
        Task<ProposalResult> running = proposer.ProposeAsync(command, TestContext.Current.CancellationToken);
        await TestEngineCluster.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(60));
            return running.IsCompleted;
        });
        return await running;
    }
}
