using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Bench;

/// <summary>Nodes on loopback, enrolled with tokens as on machines of their own.</summary>
internal sealed class QuCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private int next;

    private QuCluster(Places places, string name, int nodes)
    {
        int[] ports = Places.FreePorts(nodes);
        Nodes = [.. ports.Select((port, i) => new QuNode(places, $"{name}{i}", port))];
    }

    public IReadOnlyList<QuNode> Nodes { get; }

    /// <summary>The checks that are edited, one after the other.</summary>
    public IReadOnlyList<Check> Checks { get; private set; } = [];

    public static Task<QuCluster> StartAsync(Places places, string name, int checks) => StartAsync(places, name, 3, Enumerable.Range(0, checks).Select(Idle));

    public static async Task<QuCluster> StartAsync(Places places, string name, int nodes, IEnumerable<Check> checks, Action<QuNode>? prepare = null)
    {
        QuCluster cluster = new(places, name, nodes);
        try
        {
            foreach (QuNode node in cluster.Nodes)
                prepare?.Invoke(node);
            await cluster.Nodes[0].InitAsync();
            cluster.Nodes[0].Process.Start();
            await UntilAsync(cluster.Nodes[0], static s => s is { ConfigVersion: > 0, Quorum: true });
            foreach (QuNode joiner in cluster.Nodes.Skip(1))
            {
                await joiner.JoinAsync(cluster.Nodes[0]);
                joiner.Process.Start();
                await cluster.SettleAsync();
            }

            await cluster.FillAsync(checks);
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    public async Task<QuNode> LeaderAsync()
    {
        for (Deadline deadline = new(Patience); ; await deadline.PauseAsync("no node leads"))
        {
            foreach (QuNode node in Nodes)
            {
                if (await node.StatusAsync() is { Role: "leader" })
                    return node;
            }
        }
    }

    /// <summary>Until every node that runs is a voter, agrees, and has applied what was committed.</summary>
    public async Task SettleAsync()
    {
        foreach (QuNode node in Nodes.Where(static n => n.Process.Running))
            await UntilAsync(node, s => s.Quorum && s.Voters == Nodes.Count(static n => n.Process.Running) && s.Applied >= s.Commit && s.Master.Length > 0);
    }

    /// <summary>An edit of one of the checks: about as large as what etcd is given.</summary>
    public Command NextEdit()
    {
        int number = Interlocked.Increment(ref next);
        Check check = Checks[number % Checks.Count].Clone();
        check.BodyMatch = $"change {number:D12}";
        return new() { PutCheck = new PutCheck { Check = check } };
    }

    public void Dispose()
    {
        foreach (QuNode node in Nodes)
            node.Process.Dispose();
        foreach (QuNode node in Nodes)
            node.Dispose();
    }

    /// <summary>Probed once a day: what is measured is the state, not the probes.</summary>
    private static Check Idle(int number) => new()
    {
        Name = $"check-{number:D5}",
        Type = CheckType.Http,
        Enabled = true,
        Target = $"http://127.0.0.1:9/health/{number:D5}",
        IntervalMs = 86_400_000,
        TimeoutMs = 1000,
    };

    private async Task FillAsync(IEnumerable<Check> checks)
    {
        QuNode leader = await LeaderAsync();
        await Parallel.ForEachAsync(checks, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (check, _) =>
        {
            if (!await leader.ChangeAsync(new Command { PutCheck = new PutCheck { Check = check } }))
                throw new InvalidOperationException("a check could not be added");
        });
        Checks = await leader.ChecksAsync();
    }

    private static async Task UntilAsync(QuNode node, Func<StatusReply, bool> settled)
    {
        for (Deadline deadline = new(Patience); await node.StatusAsync() is not { } status || !settled(status); await deadline.PauseAsync("a node did not settle"))
        {
        }
    }
}
