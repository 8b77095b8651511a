using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.Verdicts;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Transport;

/// <summary>
/// Brings the results of this node's probes to whoever leads. The newest result of each check is kept, and told to each new leader: it
/// knows within moments what the one before knew, and not only when every check has had its next turn.
/// </summary>
internal sealed class Reporter(
    NodeId self, Func<NodeId?> leader, PeerChannels channels, IReportIntake own, Action<long, IReadOnlyList<string>> probe, TimeProvider clock,
    ILogger<Reporter> logger)
    : IDisposable
{
    private const int BatchSize = 1000;
    internal const int ForgetEvery = 4096;

    /// <summary>More than a cluster may have checks: what is beyond are those that are gone.</summary>
    internal const int MostKept = 64 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(5);

    /// <summary>What is as usual waits so long for company: a batch of one costs both sides as much as a batch of many.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<string, ProbeResult> pending = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ProbeResult> newest = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly SemaphoreSlim hurry = new(0, 1);
    private long sequence;
    private int submitted;
    private long ownTerm;

    public int Pending => pending.Count;

    /// <summary>Results that a new leader would be told.</summary>
    public int Kept => newest.Count;

    public void Dispose()
    {
        signal.Dispose();
        hurry.Dispose();
    }

    public void Submit(ProbeResult result)
    {
        newest[result.Check.Id] = result;
        pending[result.Check.Id] = result;
        // Of checks that are gone nothing new comes.
        if (++submitted % ForgetEvery == 0)
            ForgetOld();
        Release(signal);
        // Somebody asked, or it is what people are woken for.
        if (result.Round != 0 || !result.Outcome.Ok)
            Release(hurry);
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
        if (own.Term is var term && term != ownTerm)
            TellAll();
        ownTerm = term;
        ProbeResult[] batch = Next();
        if (batch.Length > 0 && !own.Take(self, batch.Select(Encode)))
        {
            GiveBack(batch);
            await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
        }

        await RestAsync(cancel).ConfigureAwait(false);
    }

    private async Task StreamToAsync(NodeId to, CancellationToken cancel)
    {
        if (channels.For(to) is not { } client)
        {
            await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
            return;
        }

        // Another leader, or the same one that has begun anew: it ends the streams of its former term.
        TellAll();
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

                await RestAsync(stream.Token).ConfigureAwait(false);
            }

            await stream.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is RpcException or IOException or ObjectDisposedException or TimeoutException or InvalidOperationException
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
        // A connection that breaks in the middle of this is an IOException, and not the RpcException of all other calls.
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

    private void TellAll()
    {
        ForgetOld();
        foreach ((string id, ProbeResult result) in newest)
            pending.TryAdd(id, result with { Round = 0 }); // nobody there waits for a former leader's round
        Release(signal);
    }

    private void ForgetOld()
    {
        foreach ((string id, ProbeResult result) in newest)
        {
            if (clock.GetElapsedTime(result.EndedTimestamp) >= Ballot.WindowOf(result.Check))
                newest.TryRemove(KeyValuePair.Create(id, result));
        }

        if (newest.Count > MostKept)
            newest.Clear();
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
                Release(signal);
                Release(hurry);
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

    private async Task RestAsync(CancellationToken cancel)
    {
        if (await signal.WaitAsync(Pause, cancel).ConfigureAwait(false))
            await hurry.WaitAsync(Linger, cancel).ConfigureAwait(false);
    }

    private static void Release(SemaphoreSlim waiter)
    {
        try
        {
            if (waiter.CurrentCount == 0)
                waiter.Release();
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
    /// <summary>Another number for each time that this node begins to lead: what it was told before is forgotten.</summary>
    long Term { get; }

    /// <returns>False: this node does not lead; keep them.</returns>
    bool Take(NodeId from, IEnumerable<ProbeReport> reports);
}
