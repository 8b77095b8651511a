using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <content>Moves checks from due to running to told.</content>
internal sealed partial class Prober
{
    // Probes that are due within one tick start together: waking up for each one costs more than the probe. On a busy machine in one
    // run, 10,000 checks every 30 s took 0.26 ms of CPU for a probe with ragged ticks of 50 ms, 0.21 ms with these, and longer ones
    // saved nothing more. Where few are due a tick lasts until a handful are, but no probe is
    // late by more than a fortieth of the shortest interval, or the shortest tick.
    private static readonly TimeSpan s_shortestTick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestTick = TimeSpan.FromMilliseconds(500);
    private const int Handful = 20;
    private const int PartOfInterval = 40;

    private TimeSpan tick = s_longestTick;
    private TimeSpan hurryUntil;

    /// <summary>How long probes wait for each other at most.</summary>
    /// <param name="probesPerSecond">Of all checks together.</param>
    /// <param name="shortest">The shortest interval of a check.</param>
    internal static TimeSpan TickFor(double probesPerSecond, TimeSpan shortest)
    {
        TimeSpan handful = TimeSpan.FromSeconds(Handful / Math.Max(probesPerSecond, 1));
        TimeSpan late = shortest / PartOfInterval;
        late = late < s_longestTick ? late : s_longestTick;
        TimeSpan wanted = handful < late ? handful : late;
        return wanted > s_shortestTick ? wanted : s_shortestTick;
    }

    private readonly record struct Run(ProbeSlot Slot, Check Check, int Generation, CancellationToken Cancel);

    // One thread pumps at a time. A probe that ends at once pumps from within: it only asks for another lap, so that a
    // thousand of them do not nest a thousand deep.
    private void Pump()
    {
        List<Run> runs = [];
        do
        {
            runs.Clear();
            lock (gate)
            {
                if (disposed)
                    return;
                if (pumping)
                {
                    pumpAgain = true;
                    return;
                }

                pumping = true;
                pumpAgain = false;
                TakeDue();
                TakeTurns(runs);
            }

            foreach (Run run in runs)
                _ = RunAsync(run);
        }
        while (!TryRest());
    }

    private bool TryRest()
    {
        lock (gate)
        {
            pumping = false;
            if (pumpAgain && !disposed)
                return false;
            if (!disposed && schedule.Next is { } next)
            {
                TimeSpan now = Now;
                TimeSpan wait = next - now;
                TimeSpan rest = now < hurryUntil ? s_shortestTick : tick;
                timer.Change(wait > rest ? wait : rest, Timeout.InfiniteTimeSpan);
            }

            return true;
        }
    }

    private void TakeDue()
    {
        TimeSpan now = Now;
        while (schedule.TryTakeDue(now, out ProbeSlot slot))
        {
            if (slot.Running is not null || slot.Turn != Turn.None)
                continue;
            slot.Turn = Turn.Scheduled;
            scheduled.Enqueue(slot);
        }
    }

    private void TakeTurns(List<Run> runs)
    {
        while (running < concurrency && TryNext(out ProbeSlot? slot))
        {
            slot.Turn = Turn.None;
            slot.Running = new CancellationTokenSource();
            running++;
            runs.Add(new Run(slot, slot.Check!, slot.Generation, slot.Running.Token));
        }
    }

    // A slot that was removed, or that has moved to the other queue, leaves its old entry behind.
    private bool TryNext([NotNullWhen(true)] out ProbeSlot? slot)
    {
        while (urgent.TryDequeue(out slot))
            if (slot.Turn == Turn.Urgent)
                return true;
        while (scheduled.TryDequeue(out slot))
            if (slot.Turn == Turn.Scheduled)
                return true;
        return false;
    }

    private async Task RunAsync(Run run)
    {
        ProbeOutcome? outcome = await OutcomeAsync(run);
        bool isWaitedFor;
        lock (gate)
        {
            running--;
            run.Slot.Running?.Dispose();
            run.Slot.Running = null;
            isWaitedFor = TryAgainLater(run, outcome);
            if (!isWaitedFor)
                Tell(run, outcome);
            if (run.Slot.Check is null)
                slots.Remove(run.Slot.Id);
            else if (run.Slot.Again)
                Hurry(run.Slot, again: false);
            run.Slot.Again = false;
            if (disposed && running == 0)
                idle.TrySetResult();
            isWaitedFor |= urgent.Count > 0 || scheduled.Count > 0;
        }

        // Otherwise the timer looks after what is due next: looking at the end of each probe made every tick a ragged one.
        if (isWaitedFor)
            Pump();
    }

    // A failure that is not yet one: the round it is for waits for the last retry.
    private bool TryAgainLater(Run run, ProbeOutcome? outcome)
    {
        if (!Counts(run, outcome) || outcome.Ok || run.Slot.Failing)
            return false;
        if (run.Slot.Attempts >= CheckTimes.Retries(run.Slot.Check!))
            return false;

        run.Slot.Attempts++;
        TimeSpan now = Now;
        TimeSpan after = CheckTimes.RetryAfter(run.Slot.Check!);
        schedule.Hasten(run.Slot, now, after);
        // What may be news waits for no company.
        hurryUntil = now + after > hurryUntil ? now + after : hurryUntil;
        return true;
    }

    private bool Counts(Run run, [NotNullWhen(true)] ProbeOutcome? outcome) =>
        outcome is not null && outcome.Level != ProbeLevel.Silent && !disposed && run.Generation == run.Slot.Generation;

    private void Tell(Run run, ProbeOutcome? outcome)
    {
        if (!Counts(run, outcome))
            return;
        run.Slot.Attempts = 0;
        run.Slot.Failing = !outcome.Ok;
        results.Writer.TryWrite(new ProbeResult(run.Slot.Check!, outcome, run.Slot.Round, clock.GetTimestamp()));
        run.Slot.Round = 0;
    }

    // Null when nobody wants the answer any more. Nothing escapes from here: nobody would see it.
    private async Task<ProbeOutcome?> OutcomeAsync(Run run)
    {
        TimeSpan limit = CheckTimes.Timeout(run.Check) + s_grace;
        try
        {
            ValueTask<ProbeOutcome> answer = probe.ProbeAsync(run.Check, run.Cancel);
            // Not the token here: a cancelled probe has ended when it says so, and the next one waits for that.
            return answer.IsCompletedSuccessfully ? await answer : await answer.AsTask().WaitAsync(limit, clock, CancellationToken.None);
        }
        catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested)
        {
            return null;
        }
        catch (TimeoutException)
        {
            logger.ProbeHung(run.Check.Id);
            return Failed(limit, "the probe did not end in time");
        }
        catch (Exception problem) when (problem is IOException or SocketException or HttpRequestException)
        {
            return Failed(TimeSpan.Zero, problem.Message);
        }
        catch (Exception bug)
        {
            logger.ProbeBroke(run.Check.Id, bug);
            return Failed(TimeSpan.Zero, $"the probe broke ({bug.GetType().Name})");
        }
    }

    private static ProbeOutcome Failed(TimeSpan latency, string detail) =>
        new(ProbeLevel.Failed, latency, PlainText.Clean(detail));

    private void Dropped(ProbeResult result) => logger.ResultDropped(result.Check.Id);
}
