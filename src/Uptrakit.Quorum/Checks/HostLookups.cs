using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Quorum.Checks;

/// <summary>Asks the host's own resolver: its hosts file, its search list, its name servers.</summary>
/// <remarks>
/// The C library's look-up blocks its thread, for 10 s and more when the name servers are silent. On pool threads that
/// would starve everything else in the process, the heartbeats of the cluster first; so it has a few threads of its own.
/// </remarks>
internal sealed class HostLookups : IDisposable
{
    private const int ThreadLimit = 16;
    private const int QueueLimit = 4096;
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Task<Resolution>> running = [];
    private readonly BlockingCollection<(string Host, TaskCompletionSource<Resolution> Answer)> queue = new(QueueLimit);
    private readonly Func<string, IPAddress[]> lookup;
    private int threads;
    private int idle;

    internal HostLookups(Func<string, IPAddress[]>? lookup = null) => this.lookup = lookup ?? Dns.GetHostAddresses;

    internal async ValueTask<Resolution> ResolveAsync(string host, CancellationToken cancel) =>
        await Shared(host).WaitAsync(cancel);

    /// <summary>Threads that are in a look-up come back when it ends; nobody waits for them.</summary>
    public void Dispose()
    {
        lock (gate)
            queue.CompleteAdding();
    }

    // Many checks on one host ask one question.
    private Task<Resolution> Shared(string host)
    {
        lock (gate)
        {
            if (running.TryGetValue(host, out Task<Resolution>? known))
                return known;

            TaskCompletionSource<Resolution> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (queue.IsAddingCompleted || !queue.TryAdd((host, answer)))
                return Task.FromResult(Resolution.Failed("too many name look-ups are waiting"));

            running.Add(host, answer.Task);
            if (threads < ThreadLimit && idle < queue.Count)
            {
                threads++;
                new Thread(Work) { IsBackground = true, Name = "name look-up" }.Start();
            }

            return answer.Task;
        }
    }

    private void Work()
    {
        while (TryTake(out (string Host, TaskCompletionSource<Resolution> Answer) next))
        {
            Resolution found = Look(next.Host);
            lock (gate)
                running.Remove(next.Host);
            next.Answer.SetResult(found);
        }
    }

    // The decision to end is made under the lock that queues: a question is never left to a thread that has gone.
    private bool TryTake(out (string Host, TaskCompletionSource<Resolution> Answer) next)
    {
        lock (gate)
            idle++;
        bool taken = queue.TryTake(out next, s_idle);
        lock (gate)
        {
            idle--;
            if (!taken && !queue.TryTake(out next))
            {
                threads--;
                return false;
            }

            return true;
        }
    }

    private Resolution Look(string host)
    {
        try
        {
            return Resolution.Of(lookup(host));
        }
        catch (SocketException refused)
        {
            return Resolution.Failed($"the name cannot be resolved: {refused.Message}");
        }
        catch (ArgumentException)
        {
            return Resolution.Failed("the name cannot be resolved: it is not a host name");
        }
    }
}
