using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>Writers that add checks at every node, and remember what they were promised.</summary>
internal sealed class Load(TestCluster cluster) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Outcome> acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> wrong = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> writers = [];

    public int Acknowledged => acknowledged.Count;

    public static Load Start(TestCluster cluster, int writersPerNode = 2)
    {
        Load load = new(cluster);
        foreach (TestNode node in cluster.Nodes)
        {
            for (int i = 0; i < writersPerNode; i++)
                load.writers.Add(Task.Run(() => load.WriteAsync(node)));
        }

        return load;
    }

    /// <summary>Waits until more changes were acknowledged from now on.</summary>
    public Task MoreAsync(int count, CancellationToken cancel)
    {
        int wanted = Acknowledged + count;
        return Until.TrueAsync($"{count} more changes are acknowledged", () => Acknowledged >= wanted, TimeSpan.FromSeconds(40), cancel);
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(writers);
    }

    /// <summary>Every acknowledged change is on every node exactly as it was promised, and all nodes have all changes in the same order.</summary>
    public async Task VerifyAsync(CancellationToken cancel)
    {
        Assert.Empty(wrong);
        await cluster.AgreeAsync(cancel);
        string[]? order = null;
        foreach (TestNode node in cluster.Running)
        {
            ReadReply state = await TestCluster.ReadAsync(node, cancel);
            // The version in which a check came is its place in the order of all changes.
            Assert.Equal(state.Checks.Count, state.Checks.Select(static c => c.ChangedIn).Distinct().Count());
            Dictionary<string, Check> checks = state.Checks.ToDictionary(static c => c.Name, StringComparer.Ordinal);
            foreach ((string name, Outcome promised) in acknowledged)
            {
                Assert.True(checks.TryGetValue(name, out Check? check), $"{node} has lost {name}, which was acknowledged in version {promised.Version}");
                Assert.Equal((name, promised.Id, promised.Version), (check.Name, check.Id, check.ChangedIn));
            }

            string[] here = [.. state.Checks.OrderBy(static c => c.ChangedIn).Select(static c => $"{c.ChangedIn} {c.Id} {c.Name}")];
            order ??= here;
            Assert.Equal(order, here);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task WriteAsync(TestNode node)
    {
        while (!stopping.IsCancellationRequested)
        {
            Command command = Make.IdleCheck(Make.Name("load"));
            Outcome? outcome = null;
            // Until somebody knows: the id keeps a repetition from counting twice, and a new name taken would show that it did not.
            while (outcome is null && !stopping.IsCancellationRequested)
                outcome = await TryAsync(node, command);
            if (outcome is { Status: OutcomeStatus.Done })
                acknowledged[command.PutCheck.Check.Name] = outcome;
            else if (outcome is not null)
                wrong.Add($"{command.PutCheck.Check.Name} at {node}: {outcome}");
        }
    }

    private async Task<Outcome?> TryAsync(TestNode node, Command command)
    {
        try
        {
            ChangeReply reply = await node.Control.ChangeAsync(
                new ChangeRequest { Command = command }, deadline: Deadlines.In(15), cancellationToken: stopping.Token);
            return reply.Outcome;
        }
        catch (RpcException)
        {
            // The node was killed. It comes back, or the test ends.
            await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            return null;
        }
    }
}
