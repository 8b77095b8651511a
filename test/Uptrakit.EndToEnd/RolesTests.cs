using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>Members that are not voters: enrolled and never started, and probes.</summary>
[Collection(nameof(MemberCluster))]
public sealed class RolesTests(SharedCluster shared) : ClusterTest(shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Joiner_ThatNeverStarts_StopsNobody(int size)
    {
        TestCluster? own = size == 1 ? await TestCluster.FoundAsync(1, Cancel) : null;
        try
        {
            await GoesOnWithoutAsync(own ?? Cluster, size);
        }
        finally
        {
            Failure.Show(own);
            if (own is not null)
                await own.DisposeAsync();
        }
    }

    [Fact]
    public async Task Probe_VotesOnChecksAndOnNothingElse()
    {
        await using Target target = await Target.StartAsync();
        await using TestNode probe = Cluster.NewNode();
        CreateEnrollmentReply token = await TestCluster.TokenAsync(Leader, Cancel, role: "probe");
        (await probe.JoinAsync(token.Token, Cancel)).Expect(0);
        await probe.StartAsync(Cancel);
        string name = Make.Name("four-eyes");
        await TestCluster.AddAsync(Leader, Make.HttpCheck(name, target.Url), Cancel);

        foreach (TestNode node in (TestNode[])[.. Cluster.Nodes, probe])
            await RowAsync(node, name, static r => r is { State: "up", Ok: 4, Total: 4 });
        StatusReply status = await probe.StatusAsync(Cancel);
        Assert.Equal(("learner", 3), (status.Role, status.Voters));
        Assert.DoesNotContain((await Leader.StatusAsync(Cancel)).Peers, p => p.NodeId == probe.NodeId.ToString() && p.Consensus);

        string refusedName = Make.Name("from-a-probe");
        Ran refused = await probe.RunAsync(Cancel, "check", "add", "tcp", refusedName, "127.0.0.1:9");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("may not", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain((await TestCluster.ReadAsync(Leader, Cancel)).Checks, c => c.Name == refusedName);

        target.Break();
        await RowAsync(probe, name, static r => r is { State: "down", Ok: 0, Total: 4 });
        await Cluster.RemoveAsync(probe.NodeId.ToString(), Cancel);
        await RowAsync(Leader, name, static r => r.Total == 3);
    }

    [Fact]
    public async Task Probe_FollowingUnderLoad_MissesNoChange()
    {
        await using TestNode probe = Cluster.NewNode();
        CreateEnrollmentReply token = await TestCluster.TokenAsync(Leader, Cancel, role: "probe");
        (await probe.JoinAsync(token.Token, Cancel)).Expect(0);
        await probe.StartAsync(Cancel);
        await Until.SeenAsync("the probe has the state", c => TestCluster.ReadAsync(probe, c), static s => s.Peers.Count == 4, Patience, Cancel);

        await using Load load = Load.Start(Cluster, writersPerNode: 4);
        await load.MoreAsync(1500, Cancel);
        await load.StopAsync();
        await load.VerifyAsync(Cancel);

        string[] wanted = [.. (await TestCluster.ReadAsync(Leader, Cancel)).Checks.Select(static c => c.ToString())];
        await Until.SeenAsync(
            "the probe has every check as the voters have it",
            async c => wanted.Except((await TestCluster.ReadAsync(probe, c)).Checks.Select(static k => k.ToString())).Count(),
            static missing => missing == 0,
            Patience,
            Cancel);
        await Cluster.RemoveAsync(probe.NodeId.ToString(), Cancel);
    }

    private static async Task GoesOnWithoutAsync(TestCluster cluster, int size)
    {
        await using Target target = await Target.StartAsync();
        await using TestNode absent = cluster.NewNode();
        TestNode at = await cluster.LeaderAsync(Cancel);
        CreateEnrollmentReply token = await TestCluster.TokenAsync(at, Cancel);
        (await absent.JoinAsync(token.Token, Cancel)).Expect(0);

        string name = Make.Name("goes-on");
        ChangeReply added = await TestCluster.ChangeAsync(at, Make.HttpCheck(name, target.Url), Cancel);
        Assert.Equal(OutcomeStatus.Done, added.Outcome?.Status);
        await RowAsync(at, name, r => r.State == "up" && r.Ok == size && r.Total == size);
        target.Break();
        await RowAsync(at, name, r => r.State == "down" && r.Total == size);
        StatusReply status = await at.StatusAsync(Cancel);
        Assert.Equal((true, size), (status.Quorum, status.Voters));

        (await at.RunAsync(Cancel, "node", "remove", absent.NodeId.ToString(), "-y")).Expect(0);
        Assert.Equal(size, (await TestCluster.ReadAsync(at, Cancel)).Peers.Count);
        await TestCluster.ChangeAsync(at, new Command { RemoveCheck = new RemoveById { Id = name } }, Cancel);
    }

    private static Task<CheckRow?> RowAsync(TestNode node, string check, Func<CheckRow, bool> wanted) => Until.SeenAsync(
        $"{node} shows {check} as wanted",
        async c => (await node.StatusAsync(c)).Checks.FirstOrDefault(r => r.Name == check),
        row => row is not null && wanted(row),
        Patience,
        Cancel);
}
