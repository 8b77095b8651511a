using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Daemon;

/// <content>What runs side by side until the node stops.</content>
internal sealed partial class Node
{
    private static readonly TimeSpan LeastRest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MostRest = TimeSpan.FromSeconds(1);
    private readonly List<(string Name, Func<CancellationToken, Task> Run)> loops = [];

    /// <summary>Runs until stopped, or until a room fails: then the process ends, and the service manager starts it anew.</summary>
    /// <returns>Whether a room has failed.</returns>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping.Token);
        Task<bool>[] running = [.. loops.Select(loop => GuardAsync(loop.Name, loop.Run, stop))];
        bool[] failed = await Task.WhenAll(running).ConfigureAwait(false);
        return failed.Any(static f => f);
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await clusterFile.FlushAsync().ConfigureAwait(false);
    }

    private async Task FollowOrLeadAsync(Learner learner, CancellationToken cancel)
    {
        if (Role == Role.Probe)
            await learner.FollowUntilAsync(static _ => false, cancel).ConfigureAwait(false);
        else
            await life.RunAsync(cancel).ConfigureAwait(false);
    }

    private async Task ReadResultsAsync(CancellationToken cancel)
    {
        await foreach (ProbeResult result in prober.Results.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            history.Record(result);
            reporter.Submit(result);
        }
    }

    /// <summary>Every edit takes effect at once: the prober follows the committed checks.</summary>
    /// <remarks>
    /// The prober compares all of them. Of many changes to a large state, those that come while it rests count as one, so that
    /// comparing takes at most a tenth of the time. Not longer than a second: on a machine that is busy otherwise the measured time
    /// is hardly ours, and ten times as much is a minute in which no edit takes effect.
    /// </remarks>
    private async Task FollowChecksAsync(CancellationToken cancel)
    {
        Named<Check>? known = null;
        while (true)
        {
            AppliedState now = Store.Current;
            bool member = now.Cluster.Peers.ContainsKey(Own.NodeId.ToString());
            if (!ReferenceEquals(known, now.Cluster.Checks))
            {
                known = now.Cluster.Checks;
                long begin = clock.GetTimestamp();
                prober.Update(member ? known.Values : []);
                TimeSpan rest = clock.GetElapsedTime(begin) * 9;
                if (rest > LeastRest)
                    await Task.Delay(rest < MostRest ? rest : MostRest, clock, cancel).ConfigureAwait(false);
            }

            await Store.WaitForChangeAsync(now, cancel).ConfigureAwait(false);
        }
    }

    private async Task<bool> GuardAsync(string name, Func<CancellationToken, Task> run, CancellationTokenSource stop)
    {
        try
        {
            await Task.Run(() => run(stop.Token), stop.Token).ConfigureAwait(false);
            return false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        catch (IOException fault)
        {
            // A broken machine, told in words; a stack trace would not mend it.
            Logger.MachineFailed(name, fault.Message);
            await stop.CancelAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception fault)
        {
            Logger.RoomFailed(name, fault);
            await stop.CancelAsync().ConfigureAwait(false);
            return true;
        }
    }

    private void Add(string name, Func<CancellationToken, Task> run) => loops.Add((name, run));
}
