using System.Collections.Concurrent;
using Grpc.Core;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Transport;

/// <summary>Tells every other member once a second that this node lives, and hears the same from it.</summary>
internal sealed class Heartbeats(PeerDirectory directory, PeerChannels channels, Liveness liveness, Func<NodeId, Heartbeat> own, TimeProvider clock)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<NodeId, Task> beating = new();
    private readonly ConcurrentDictionary<NodeId, long> refused = new();

    /// <summary>
    /// Of the other members, more than half, and not one alone, answered just now, with the key that they are pinned to, that this node is no
    /// member: a single machine must not be able to keep this one silent.
    /// </summary>
    public bool IsRefused =>
        refused.Count(each => clock.GetElapsedTime(each.Value) < Recent && directory.All.ContainsKey(each.Key)) is > 1 and var refusing
        && refusing * 2 > directory.Others.Count();

    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Period, clock);
        do
        {
            foreach (NodeId peer in directory.Others)
            {
                // One at a time to each: a member that hangs costs one call, not a pile of them.
                if (!beating.TryGetValue(peer, out Task? running) || running.IsCompleted)
                    beating[peer] = BeatAsync(peer, cancel);
            }

            liveness.Watch();
            liveness.Forget(directory.All.Keys);
        }
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false));
    }

    private async Task BeatAsync(NodeId peer, CancellationToken cancel)
    {
        try
        {
            if (channels.For(peer) is not { } client)
                return;
            DateTime deadline = clock.GetUtcNow().UtcDateTime + Deadline;
            Heartbeat answer = await client.BeatAsync(own(peer), deadline: deadline, cancellationToken: cancel).ResponseAsync.ConfigureAwait(false);
            liveness.Record(peer, answer);
            refused.TryRemove(peer, out _);
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.Unauthenticated)
        {
            refused[peer] = clock.GetTimestamp();
        }
        catch (RpcException)
        {
            // Silence is what Liveness is for.
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // Stopping, or the channel was replaced.
        }
    }
}
