using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>Nodes that were founded and enrolled as an operator does it, each a real process.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan FormTime = TimeSpan.FromSeconds(40);
    private readonly List<TestNode> nodes = [];
    private readonly DirectoryInfo root = System.IO.Directory.CreateTempSubdirectory("uptrakit-e2e-");
    private int made;

    private TestCluster()
    {
    }

    /// <summary>The members, in the order in which they joined.</summary>
    public IReadOnlyList<TestNode> Nodes => nodes;

    public IEnumerable<TestNode> Running => nodes.Where(static n => n.Runs);

    public string Root => root.FullName;

    /// <summary>Founds a cluster and enrolls the other nodes with tokens.</summary>
    public static async Task<TestCluster> FoundAsync(int size, CancellationToken cancel)
    {
        TestCluster cluster = new();
        try
        {
            await cluster.FoundFirstAsync(cluster.NewNode(), cancel);
            await cluster.GrowAsync(size - 1, cancel);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Founds a cluster of nodes that the caller placed.</summary>
    public static async Task<TestCluster> FoundOnAsync(Func<TestCluster, IReadOnlyList<TestNode>> place, CancellationToken cancel)
    {
        TestCluster cluster = new();
        try
        {
            IReadOnlyList<TestNode> placed = place(cluster);
            await cluster.FoundFirstAsync(placed[0], cancel);
            await cluster.EnrollAsync(placed.Skip(1), cancel);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node that is not a member (yet). Whoever makes it disposes it, unless it is added.</summary>
    public TestNode NewNode(string host = "127.0.0.1", string? networkNamespace = null)
    {
        int number = Interlocked.Increment(ref made);
        return new TestNode(Path.Combine(root.FullName, $"n{number}"), $"node {number}", host, networkNamespace);
    }

    /// <summary>Adds voters and waits until all of them vote.</summary>
    public Task GrowAsync(int by, CancellationToken cancel) =>
        EnrollAsync(Enumerable.Range(0, by).Select(_ => NewNode()).ToArray(), cancel);

    /// <summary>A token, made at this node.</summary>
    public static async Task<CreateEnrollmentReply> TokenAsync(
        TestNode at, CancellationToken cancel, bool autoApprove = true, string role = "voter", TimeSpan? ttl = null)
    {
        CreateEnrollmentReply reply = await at.Control.CreateEnrollmentAsync(
            new CreateEnrollmentRequest
            {
                Name = $"t-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5))}",
                TtlMs = (long)(ttl ?? TimeSpan.FromHours(1)).TotalMilliseconds,
                AutoApprove = autoApprove,
                Role = role,
            },
            deadline: Deadlines.In(20),
            cancellationToken: cancel);
        Assert.True(reply.Token.Length > 0, $"{at} made no token: {reply}");
        return reply;
    }

    /// <summary>Every running node is live for every other, votes, and agrees on who leads.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        foreach (TestNode node in nodes.Where(static n => !n.Runs))
            await node.StartAsync(cancel);
        await WaitForVotersAsync(nodes.Count, cancel);
    }

    public async Task WaitForVotersAsync(int count, CancellationToken cancel)
    {
        foreach (TestNode node in Running)
        {
            await Until.SeenAsync(
                $"{node} sees {count} live voters and a master",
                node.StatusAsync,
                s => s.Voters == count && s.Master.Length > 0 && s.Role is "leader" or "follower" && s.Voters == count
                    && s.Peers.Count(static p => p.Consensus && p.Live) == count,
                FormTime,
                cancel);
        }
    }

    public async Task<TestNode> LeaderAsync(CancellationToken cancel)
    {
        TestNode? leader = await Until.SeenAsync(
            "a node leads", FindLeaderAsync, static found => found is not null, TimeSpan.FromSeconds(20), cancel);
        return leader!;
    }

    public async Task<TestNode> FollowerAsync(CancellationToken cancel)
    {
        TestNode leader = await LeaderAsync(cancel);
        return Running.First(n => n != leader);
    }

    /// <summary>Removes a member that the test has added; it need not run.</summary>
    public async Task RemoveAsync(string nodeId, CancellationToken cancel)
    {
        TestNode at = await LeaderAsync(cancel);
        nodes.RemoveAll(n => n.NodeId.ToString() == nodeId);
        ChangeReply reply = await ChangeAsync(at, new Command { RemovePeer = new RemoveById { Id = nodeId } }, cancel);
        Assert.True(reply.Outcome?.Status == OutcomeStatus.Done, reply.ToString());
    }

    /// <summary>A node that was evicted is nobody's any more; whoever asked for that disposes it.</summary>
    public void Forget(TestNode node) => nodes.Remove(node);

    /// <summary>Proposes a change at this node.</summary>
    public static async Task<ChangeReply> ChangeAsync(TestNode at, Command command, CancellationToken cancel)
    {
        if (command.Id.IsEmpty)
            command.Id = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));
        return await at.Control.ChangeAsync(
            new ChangeRequest { Command = command }, deadline: Deadlines.In(20), cancellationToken: cancel);
    }

    /// <summary>Adds an object at this node; fails when the cluster refuses it.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> AddAsync(TestNode at, Command command, CancellationToken cancel)
    {
        ChangeReply reply = await ChangeAsync(at, command, cancel);
        Assert.True(reply.Outcome?.Status == OutcomeStatus.Done, reply.ToString());
        return reply.Outcome.Id;
    }

    /// <summary>The state as this node has applied it.</summary>
    public static async Task<ReadReply> ReadAsync(TestNode at, CancellationToken cancel) => await at.Control.ReadAsync(
        new ReadRequest { Peers = true, Checks = true, Alerts = true, Enrollments = true, Resolvers = true },
        deadline: Deadlines.In(20),
        cancellationToken: cancel);

    /// <summary>Takes all checks and alerts out: their targets and receivers are gone with the test that brought them.</summary>
    public async Task EmptyAsync(CancellationToken cancel)
    {
        ReadReply state = await ReadAsync(nodes[0], cancel);
        IEnumerable<Command> removals = state.Checks.Select(static c => new Command { RemoveCheck = new RemoveById { Id = c.Id } })
            .Concat(state.Alerts.Select(static a => new Command { RemoveAlert = new RemoveById { Id = a.Id } }));
        foreach (Command[] some in removals.Chunk(16))
        {
            ChangeReply[] replies = await Task.WhenAll(some.Select(removal => ChangeAsync(nodes[0], removal, cancel)));
            Assert.All(replies, static r => Assert.True(r.Outcome?.Status == OutcomeStatus.Done, r.ToString()));
        }

        await Until.SeenAsync("the outbox is empty", nodes[0].StatusAsync, static s => s.Outbox == 0, FormTime, cancel);
    }

    /// <summary>Waits until all running nodes have applied the newest version that any of them has.</summary>
    public async Task AgreeAsync(CancellationToken cancel) =>
        await Until.SeenAsync(
            "all nodes have applied the same version",
            async c => await Task.WhenAll(Running.Select(async n => (await n.StatusAsync(c)).ConfigVersion)),
            static versions => versions.Distinct().Count() == 1,
            TimeSpan.FromSeconds(30),
            cancel);

    /// <summary>What the daemons wrote, for whoever looks into a failure.</summary>
    public string Logs() => string.Join("\n\n", nodes.Select(n => $"---- {n.Name} {(n.Runs ? "" : "(not running)")}\n{n.Tail()}"));

    public async ValueTask DisposeAsync()
    {
        foreach (TestNode node in nodes)
            await node.DisposeAsync();
        try
        {
            root.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A scratch folder that stays behind is no reason to fail.
        }
    }

    private async Task FoundFirstAsync(TestNode first, CancellationToken cancel)
    {
        nodes.Add(first);
        // The smallest NodeID of all: the others would otherwise be given the lead two minutes later, in the middle of some test.
        first.Variables["QUPTIME_NODE_ID"] = $"00000000-0000-4000-8000-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        (await first.InitAsync(cancel)).Expect(0);
        await first.StartAsync(cancel);
        await WaitForVotersAsync(1, cancel);
    }

    /// <summary>Takes nodes in with a token for each.</summary>
    public async Task EnrollAsync(IEnumerable<TestNode> joiners, CancellationToken cancel)
    {
        foreach (TestNode joiner in joiners)
        {
            CreateEnrollmentReply token = await TokenAsync(nodes[0], cancel);
            (await joiner.JoinAsync(token.Token, cancel)).Expect(0);
            nodes.Add(joiner);
            joiner.Launch();
        }

        foreach (TestNode node in nodes.Where(static n => n.Runs))
            await Until.TrueAsync($"{node} answers", async c => (await node.StatusAsync(c)).NodeId.Length > 0, FormTime, cancel);
        await WaitForVotersAsync(nodes.Count, cancel);
    }

    private async Task<TestNode?> FindLeaderAsync(CancellationToken cancel)
    {
        foreach (TestNode node in Running)
        {
            try
            {
                if ((await node.StatusAsync(cancel)).Role == "leader")
                    return node;
            }
            catch (Grpc.Core.RpcException)
            {
                // It was killed or paused meanwhile.
            }
        }

        return null;
    }
}
