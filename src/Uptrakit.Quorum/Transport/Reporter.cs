using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Checks;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Transport;

/// <summary>
/// Brings the results of this node's probes to whoever leads. While nobody does, the newest result of each check is kept: a
/// change of leader loses none, and the buffer is as large as the list of checks.
/// </summary>
internal sealed class Reporter(
    NodeId self, Func<NodeId?> leader, PeerChannels channels, IReportIntake own, Action<long, IReadOnlyList<string>> probe, TimeProvider clock,
    ILogger<Reporter> logger)
    : IDisposable
{
    private const int BatchSize = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, ProbeResult> pending = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim signal = new(0, 1);
    private long sequence;

    public int Pending => pending.Count;

    public void Dispose() => signal.Dispose();

    public void Submit(ProbeResult result)
    {
        pending[result.Check.Id] = result;
        Wake();
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            NodeId? to = leader();
            if (to is null)
                await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
            else if (to == self)
                await TakeOwnAsync(cancel).ConfigureAwait(false);
            else
                await StreamToAsync(to, cancel).ConfigureAwait(false);
        }
    }

    private async Task TakeOwnAsync(CancellationToken cancel)
    {
        ProbeResult[] batch = Next();
        if (batch.Length > 0 && !own.Take(self, batch.Select(Encode)))
        {
            GiveBack(batch);
            await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
        }

        await signal.WaitAsync(Pause, cancel).ConfigureAwait(false);
    }

    private async Task StreamToAsync(NodeId to, CancellationToken cancel)
    {
        if (channels.For(to) is not { } client)
        {
            await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
            return;
        }

        using CancellationTokenSource stream = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ProbeResult[] unconfirmed = [];
        try
        {
            using AsyncDuplexStreamingCall<ReportBatch, LeaderMessage> call = client.Report(cancellationToken: stream.Token);
            Acknowledgements answers = new();
            Task listening = ListenAsync(call.ResponseStream, answers, stream.Token);
            while (leader() == to && !listening.IsCompleted)
            {
                unconfirmed = Next();
                if (unconfirmed.Length > 0)
                {
                    await SendAsync(call.RequestStream, answers, unconfirmed, stream.Token).ConfigureAwait(false);
                    unconfirmed = [];
                }

                await signal.WaitAsync(Pause, stream.Token).ConfigureAwait(false);
            }

            await stream.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is RpcException or ObjectDisposedException or TimeoutException or InvalidOperationException
            || (lost is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            logger.ReportsWait(to, lost is RpcException rpc ? rpc.StatusCode.ToString() : lost.GetType().Name);
            GiveBack(unconfirmed);
            await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(IClientStreamWriter<ReportBatch> requests, Acknowledgements answers, ProbeResult[] batch, CancellationToken cancel)
    {
        ReportBatch message = new() { Sequence = ++sequence };
        message.Reports.AddRange(batch.Select(Encode));
        Task acknowledged = answers.WaitForAsync(message.Sequence);
        await requests.WriteAsync(message, cancel).ConfigureAwait(false);
        await acknowledged.WaitAsync(AnswerDeadline, clock, cancel).ConfigureAwait(false);
    }

    private async Task ListenAsync(IAsyncStreamReader<LeaderMessage> messages, Acknowledgements answers, CancellationToken cancel)
    {
        try
        {
            while (await messages.MoveNext(cancel).ConfigureAwait(false))
            {
                answers.Take(messages.Current.Acknowledged);
                if (messages.Current.Probe is { } asked)
                    probe(asked.Round, asked.CheckIds);
            }
        }
        catch (Exception end) when (end is RpcException or OperationCanceledException or ObjectDisposedException)
        {
            // The sending half notices and opens another stream.
        }
        finally
        {
            answers.End();
        }
    }

    private ProbeResult[] Next()
    {
        List<ProbeResult> batch = [];
        foreach ((string id, ProbeResult _) in pending)
        {
            if (pending.TryRemove(id, out ProbeResult? result))
                batch.Add(result);
            if (batch.Count == BatchSize)
            {
                Wake();
                break;
            }
        }

        return [.. batch];
    }

    /// <summary>What was not confirmed is sent again, unless a newer result has come meanwhile.</summary>
    private void GiveBack(ProbeResult[] batch)
    {
        foreach (ProbeResult result in batch)
            pending.TryAdd(result.Check.Id, result);
    }

    private ProbeReport Encode(ProbeResult result) => new()
    {
        CheckId = result.Check.Id,
        Ok = result.Outcome.Ok,
        Warn = result.Outcome.Level == ProbeLevel.Warn,
        LatencyUs = (long)result.Outcome.Latency.TotalMicroseconds,
        Detail = result.Outcome.Detail,
        AgeMs = (long)clock.GetElapsedTime(result.EndedTimestamp).TotalMilliseconds,
        Round = result.Round,
        ChangedIn = result.Check.ChangedIn,
    };

    private void Wake()
    {
        try
        {
            if (signal.CurrentCount == 0)
                signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it.
        }
    }

    /// <summary>One batch is under way at a time, so that a slow leader slows its senders down.</summary>
    private sealed class Acknowledgements
    {
        private readonly Lock gate = new();
        private long awaited;
        private bool ended;
        private TaskCompletionSource? waiter;

        public Task WaitForAsync(long number)
        {
            lock (gate)
            {
                awaited = number;
                waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (ended)
                    waiter.SetException(new TimeoutException("the stream ended"));
                return waiter.Task;
            }
        }

        public void Take(long acknowledged)
        {
            lock (gate)
            {
                if (acknowledged >= awaited)
                    waiter?.TrySetResult();
            }
        }

        public void End()
        {
            lock (gate)
            {
                ended = true;
                waiter?.TrySetException(new TimeoutException("the stream ended"));
            }
        }
    }
}

/// <summary>Takes reports while this node leads.</summary>
internal interface IReportIntake
{
    /// <returns>False: this node does not lead; keep them.</returns>
    bool Take(NodeId from, IEnumerable<ProbeReport> reports);
}
