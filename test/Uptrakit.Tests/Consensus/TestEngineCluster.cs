using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.State;
using Uptrakit.Tests.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Consensus;

/// <summary>Nodes in one process that speak over TLS on loopback; links between them can be cut.</summary>
internal sealed class TestEngineCluster : IAsyncDisposable
{
    private readonly string root = System.IO.Directory.CreateTempSubdirectory("qu-engine-").FullName;
    private readonly ConcurrentDictionary<NodeId, int> cut = new();
    private readonly ConcurrentDictionary<Socket, (NodeId From, NodeId To)> sockets = new();
    private int number;

    /// <summary>A follower that hears nothing for one to two of these stands for election.</summary>
    public TimeSpan ElectionMinimum { get; init; } = TimeSpan.FromMilliseconds(250);

    public List<TestEngineNode> Nodes { get; } = [];

    public NodeId Founder => Nodes[0].Id;

    public TestEngineNode this[int i] => Nodes[i];

    /// <summary>A founder and as many voters as are wanted, all caught up.</summary>
    public static async Task<TestEngineCluster> OfAsync(int voters, TimeSpan? election = null, int checkpointEvery = 5000)
    {
        TestEngineCluster cluster = new() { ElectionMinimum = election ?? TimeSpan.FromMilliseconds(250) };
        TestEngineNode founder = await cluster.AddNodeAsync();
        await founder.StartAsync(founder: true, checkpointEvery);
        await cluster.LeaderAsync();
        await founder.CommitAsync(new Command { Found = new Found { ClusterId = "cluster", Peer = TestMachine.PeerOf(founder.Id.ToString(), "founder") } });
        for (int i = 1; i < voters; i++)
            await cluster.JoinAsync(checkpointEvery);
        return cluster;
    }

    /// <summary>A node with a key and a port that all others know; its engine does not run yet.</summary>
    public async Task<TestEngineNode> AddNodeAsync()
    {
        // Rising NodeIDs, so that the founder has the smallest.
        Assert.True(NodeId.TryParse($"00000000-0000-4000-8000-{++number:x12}", out NodeId? id));
        TestEngineNode node = await TestEngineNode.OpenAsync(this, id, Path.Combine(root, number.ToString()));
        Nodes.Add(node);
        Introduce();
        return node;
    }

    /// <summary>Starts a new node with an empty log and makes it a voter.</summary>
    public async Task<TestEngineNode> JoinAsync(int checkpointEvery = 5000)
    {
        TestEngineNode node = await AddNodeAsync();
        await node.StartAsync(checkpointEvery: checkpointEvery);
        await MakeVoterAsync(node);
        return node;
    }

    public async Task MakeVoterAsync(TestEngineNode node)
    {
        await UntilAsync(async () => await (await LeaderAsync()).Engine.AddVoterAsync(node.Id, TestContext.Current.CancellationToken));
        await UntilAsync(() => node.Engine.Voters.Contains(node.Id));
    }

    /// <summary>Waits for a leader that has applied what was committed before it.</summary>
    public async Task<TestEngineNode> LeaderAsync(params TestEngineNode[] notThese)
    {
        TestEngineNode? leader = null;
        await UntilAsync(() => (leader = Nodes.FirstOrDefault(n => n.Runs && n.Engine.Leads && !notThese.Contains(n))) is not null);
        return leader!;
    }

    /// <summary>Commits on whoever leads, with one id until there is an answer.</summary>
    public async Task<Outcome> CommitAsync(Command command)
    {
        command.Id = command.Id.IsEmpty ? Quorum.Transport.Proposer.NewId() : command.Id;
        Outcome? outcome = null;
        await UntilAsync(async () => (outcome = await (await LeaderAsync()).CommitAsync(command)) is not null);
        return outcome!;
    }

    public async Task<string> AddCheckAsync(string name)
    {
        Outcome outcome = await CommitAsync(new Command { PutCheck = new PutCheck { Check = TestMachine.Check(name) } });
        Assert.True(outcome.Status == OutcomeStatus.Done, outcome.Message);
        return outcome.Id;
    }

    /// <summary>Waits until every node that runs has all of these checks.</summary>
    public Task HaveAsync(params string[] names) => UntilAsync(() => Nodes.Where(static n => n.Runs).All(n => names.All(name => n.Store.State.Checks.TryFind(name, out _))));

    /// <summary>Nothing gets from or to this node any more.</summary>
    public void Cut(TestEngineNode node)
    {
        cut[node.Id] = 1;
        foreach ((Socket socket, (NodeId from, NodeId to)) in sockets)
        {
            if (from == node.Id || to == node.Id)
                socket.Close(0);
        }
    }

    public void Heal(TestEngineNode node) => cut.TryRemove(node.Id, out _);

    /// <summary>What a node's disk would hold after a loss of power now: its engine's folder, copied without a word to it.</summary>
    public string CrashImageOf(TestEngineNode node)
    {
        string image = Path.Combine(root, $"image-{Guid.NewGuid():N}");
        foreach (string file in System.IO.Directory.EnumerateFiles(node.EngineFolder, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(image, Path.GetRelativePath(node.EngineFolder, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return image;
    }

    public IMemberDialer DialerOf(TestEngineNode node, IMemberDialer real) => new Dialer(this, node, real);

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(10, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Nodes.Select(static n => n.StopAsync()));
        foreach (TestEngineNode node in Nodes)
            await node.DisposeAsync();
        System.IO.Directory.Delete(root, recursive: true);
    }

    private void Introduce()
    {
        foreach (TestEngineNode node in Nodes)
            node.Directory.Replace(Nodes.Select(static each => TestPeers.Of(each.Identity, each.Port)));
    }

    private sealed class Dialer(TestEngineCluster cluster, TestEngineNode self, IMemberDialer real) : IMemberDialer
    {
        public async ValueTask<(SslStream Stream, Socket Socket)> DialEngineAsync(NodeId peer, CancellationToken cancel)
        {
            ThrowIfCut(peer);
            (SslStream stream, Socket socket) = await real.DialEngineAsync(peer, cancel);
            cluster.sockets[socket] = (self.Id, peer);
            try
            {
                ThrowIfCut(peer); // cut while it was being dialled
            }
            catch (IOException)
            {
                await stream.DisposeAsync();
                throw;
            }

            return (stream, socket);
        }

        private void ThrowIfCut(NodeId peer)
        {
            if (cluster.cut.ContainsKey(self.Id) || cluster.cut.ContainsKey(peer))
                throw new IOException("the link is cut");
        }
    }
}
