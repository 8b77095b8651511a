using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Identity;

namespace Uptrakit.EndToEnd;

/// <summary>One token, two machines: exactly one gets in.</summary>
[Collection(nameof(MemberCluster))]
public sealed class RedemptionTests(SharedCluster shared) : ClusterTest(shared)
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Token_RedeemedTwiceAtOnce_LetsOneIn(bool auto, bool atLeader)
    {
        TestNode at = atLeader ? Leader : Followers[0];
        CreateEnrollmentReply token = await TestCluster.TokenAsync(at, Cancel, auto);
        await using TestNode a = Cluster.NewNode();
        await using TestNode b = Cluster.NewNode();

        Ran[] ran = await Task.WhenAll(a.JoinAsync(token.Token, Cancel), b.JoinAsync(token.Token, Cancel));

        await OnlyOneIsInAsync(token, auto, (a, ran[0]), (b, ran[1]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_RedeemedTwiceWhileTheLeaderIsKilled_LetsOneIn(bool auto)
    {
        CreateEnrollmentReply token = await TestCluster.TokenAsync(Followers[0], Cancel, auto);
        await using TestNode a = Cluster.NewNode();
        await using TestNode b = Cluster.NewNode();

        Task<Ran> first = a.JoinAsync(token.Token, Cancel);
        Task<Ran> second = b.JoinAsync(token.Token, Cancel);
        await Task.Delay(TimeSpan.FromMilliseconds(700), Cancel); // about where the claims are under way
        await Leader.Kill9Async(Cancel);

        await OnlyOneIsInAsync(token, auto, (a, await first), (b, await second));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_RedeemedAfterTheLeaderThatTookItWasKilled_IsUsed(bool auto)
    {
        CreateEnrollmentReply token = await TestCluster.TokenAsync(Followers[0], Cancel, auto);
        await using TestNode a = Cluster.NewNode();
        await using TestNode b = Cluster.NewNode();

        Ran first = await a.JoinAsync(token.Token, Cancel);
        await Leader.Kill9Async(Cancel);

        await OnlyOneIsInAsync(token, auto, (a, first), (b, await b.JoinAsync(token.Token, Cancel)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Join_CutOffBeforeNodeYamlWasWritten_GetsTheSameAnswerAgain(bool auto)
    {
        CreateEnrollmentReply token = await TestCluster.TokenAsync(Leader, Cancel, auto);
        await using TestNode joiner = Cluster.NewNode();
        (await joiner.JoinAsync(token.Token, Cancel)).Expect(0);
        NodeId before = joiner.NodeId;
        BackToBeforeTheAnswer(joiner, token.Id);

        (await joiner.JoinAsync(token.Token, Cancel)).Expect(0);

        await using TestNode another = Cluster.NewNode();
        Assert.Contains(before.ToString(), await File.ReadAllTextAsync(Path.Combine(joiner.Folder, "node.yaml"), Cancel), StringComparison.Ordinal);
        await OnlyOneIsInAsync(token, auto, (joiner, new Ran(0, "", "")), (another, await another.JoinAsync(token.Token, Cancel)));
    }

    [Fact]
    public async Task Join_ProcessKilledAgainAndAgain_StillJoinsOnce()
    {
        CreateEnrollmentReply token = await TestCluster.TokenAsync(Leader, Cancel);
        await using TestNode joiner = Cluster.NewNode();
        foreach (int milliseconds in (int[])[250, 350, 450, 550, 650, 750])
        {
            using CancellationTokenSource kill = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            kill.CancelAfter(milliseconds);
            try
            {
                Ran ran = await joiner.JoinAsync(token.Token, kill.Token);
                Assert.True(ran.ExitCode is 0 or 1, ran.ToString()); // 1: it had joined before it was killed
            }
            catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
            {
                // Killed, as intended.
            }
        }

        if (!File.Exists(Path.Combine(joiner.Folder, "node.yaml")))
            (await joiner.JoinAsync(token.Token, Cancel)).Expect(0);

        await using TestNode another = Cluster.NewNode();
        await OnlyOneIsInAsync(token, true, (joiner, new Ran(0, "", "")), (another, await another.JoinAsync(token.Token, Cancel)));
    }

    /// <summary>The folder as it was when the claim had been sent: the key is kept for the next try, and it is nobody's node yet.</summary>
    private static void BackToBeforeTheAnswer(TestNode joiner, string token)
    {
        string attempt = Path.Combine(joiner.Folder, "joining", token);
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(attempt, Private);
        File.WriteAllText(Path.Combine(attempt, "node_id"), joiner.NodeId.ToString());
        Directory.Move(Path.Combine(joiner.Folder, "keys"), Path.Combine(attempt, "keys"));
        File.Delete(Path.Combine(joiner.Folder, "node.yaml"));
        File.Delete(Path.Combine(joiner.Folder, "trust.yaml"));
    }

    private async Task OnlyOneIsInAsync(CreateEnrollmentReply token, bool auto, params (TestNode Node, Ran Ran)[] tries)
    {
        Assert.True(tries.Select(static t => t.Ran.ExitCode).Order().SequenceEqual([0, 3]), string.Join("\n", tries.Select(static t => t.Ran)));
        TestNode winner = tries.Single(static t => t.Ran.ExitCode == 0).Node;
        TestNode loser = tries.Single(static t => t.Ran.ExitCode == 3).Node;
        Assert.False(File.Exists(Path.Combine(loser.Folder, "node.yaml")), "the loser must not take itself for a node");
        Assert.False(Directory.Exists(Path.Combine(loser.Folder, "joining")), "the key of a refused claim must not stay");

        await Cluster.SettleAsync(Cancel);
        await Cluster.AgreeAsync(Cancel);
        string id = winner.NodeId.ToString();
        string[] members = [.. Cluster.Nodes.Select(static n => n.NodeId.ToString())];
        foreach (TestNode node in Cluster.Nodes)
        {
            ReadReply state = await TestCluster.ReadAsync(node, Cancel);
            PendingEnrollment? pending = state.Enrollments.FirstOrDefault(e => e.Id == token.Id);
            Assert.Equal(auto ? [id] : [], state.Peers.Select(static p => p.NodeId).Except(members));
            Assert.Equal(auto ? null : id, pending?.Claim?.NodeId);
        }

        Command end = auto
            ? new Command { RemovePeer = new RemoveById { Id = id } }
            : new Command { RevokeEnrollment = new RemoveById { Id = token.Id } };
        ChangeReply ended = await TestCluster.ChangeAsync(Cluster.Nodes[0], end, Cancel);
        Assert.Equal(OutcomeStatus.Done, ended.Outcome?.Status);
    }
}
