using System.Net;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Identity;

namespace Uptrakit.EndToEnd.Web;

/// <summary>Beats of a push check: one node takes them, all members vote.</summary>
public sealed class BeatTests(PageCluster pages) : IClassFixture<PageCluster>, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TestCluster Cluster => pages.Cluster;

    [Fact]
    public async Task Beat_AtOneFollower_KeepsTheCheckUpWithAllMembersUntilItStops()
    {
        (string id, string key) = await AddAsync("backup");
        TestNode follower = await Cluster.FollowerAsync(Cancel);
        using HttpClient device = pages.ClientOf(follower, withToken: false);
        await RowAsync(follower, id, "at all", static _ => true);

        foreach (TestNode node in Cluster.Nodes)
        {
            await RowAsync(node, id, "up with all", static row => row is { State: "up", Ok: 3, Total: 3 }, async () =>
            {
                using HttpRequestMessage beat = new(HttpMethod.Post, $"/push/{id}") { Headers = { Authorization = new("Bearer", key) } };
                using HttpResponseMessage taken = await device.SendAsync(beat, Cancel);
                Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
            });
        }

        foreach (TestNode node in Cluster.Nodes)
        {
            CheckRow row = await RowAsync(node, id, "down with all", static row => row is { State: "down", Ok: 0, Total: 3 });
            Assert.Contains("no beat for", row.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Beat_AtAProbe_CountsWithAllMembers()
    {
        Uri address = new($"http://127.0.0.1:{Ports.Free()}/");
        await using TestNode probe = Cluster.NewNode();
        probe.Variables["QUPTIME_HTTP"] = address.Authority;
        CreateEnrollmentReply token = await TestCluster.TokenAsync(await Cluster.LeaderAsync(Cancel), Cancel, role: "probe");
        (await probe.JoinAsync(token.Token, Cancel)).Expect(0);
        await probe.StartAsync(Cancel);
        (string id, string key) = await AddAsync("at-a-probe");
        await RowAsync(probe, id, "at all", static _ => true);
        using HttpClient device = new() { BaseAddress = address };

        await RowAsync(await Cluster.LeaderAsync(Cancel), id, "up with all", static row => row is { State: "up", Ok: 4, Total: 4 }, async () =>
        {
            using HttpResponseMessage taken = await device.PostAsync($"/push/{id}/{key}", null, Cancel);
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        });
        await Cluster.RemoveAsync(probe.NodeId.ToString(), Cancel);
    }

    /// <summary>A probe only reports: a single one must not be able to keep a check up with everybody.</summary>
    [Fact]
    public async Task Beat_ThatAProbeTellsOf_IsBelievedWithTheKeyOnly()
    {
        TestNode leader = await Cluster.LeaderAsync(Cancel);
        await using TestNode probe = Cluster.NewNode();
        CreateEnrollmentReply token = await TestCluster.TokenAsync(leader, Cancel, role: "probe");
        (await probe.JoinAsync(token.Token, Cancel)).Expect(0);
        (string id, string key) = await AddAsync("silent");
        // Whoever got hold of its data folder.
        using NodeIdentity identity = probe.LoadIdentity();
        using PeerCaller caller = new(identity, leader, "127.0.5.7");

        CheckRow silent = await RowAsync(leader, id, "down, whatever the probe says", static row => row is { State: "down", Ok: 0 }, () => TellAsync(""));
        Assert.Contains("no beat yet", silent.Detail, StringComparison.Ordinal);

        // As a device would have shown it the key: its leader believes it, and the others believe the leader.
        await RowAsync(leader, id, "up with the voters", static row => row is { State: "up", Ok: 3 }, () => TellAsync(key));
        await Cluster.RemoveAsync(probe.NodeId.ToString(), Cancel);

        async Task TellAsync(string shown)
        {
            Heartbeat answer = await caller.Peers.BeatAsync(
                new Heartbeat { AtMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Beats = { new PushBeat { CheckId = id, Key = shown } } },
                deadline: Deadlines.In(10), cancellationToken: Cancel);
            // A key goes to voters only.
            Assert.All(answer.Beats, static beat => Assert.Empty(beat.Key));
        }
    }

    public ValueTask DisposeAsync()
    {
        Failure.Show(Cluster);
        return ValueTask.CompletedTask;
    }

    /// <summary>As an operator does it.</summary>
    private async Task<(string Id, string Key)> AddAsync(string name)
    {
        Ran added = (await (await Cluster.LeaderAsync(Cancel)).RunAsync(Cancel, "check", "add", "push", name, "--interval", "5s", "--timeout", "3s")).Expect(0);
        string key = added.Errors.Split('\n').Single(static line => line.Contains("shown this once", StringComparison.Ordinal)).Split(' ')[^1];
        return (added.Output.Trim(), key);
    }

    private static async Task<CheckRow> RowAsync(TestNode node, string id, string what, Func<CheckRow, bool> wanted, Func<Task>? meanwhile = null)
    {
        CheckRow? row = await Until.SeenAsync(
            $"{node} shows it {what}",
            async c =>
            {
                if (meanwhile is not null)
                    await meanwhile();
                return (await node.StatusAsync(c)).Checks.FirstOrDefault(one => one.Id == id);
            },
            row => row is not null && wanted(row),
            Patience,
            Cancel);
        return row!;
    }
}
