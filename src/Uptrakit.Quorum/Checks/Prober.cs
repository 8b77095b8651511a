using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>Probes all enabled checks, each at its place within its interval, and at once when asked.</summary>
/// <remarks>
/// A check is never probed twice at once. A failure is told when its retries have failed too; between them the check's place
/// is free for others, and a check that is known to fail is not retried: an outage of many would otherwise take all places. A check that is due while its probe still runs or waits is skipped. When more are
/// due than may run, they wait in order, those of a confirmation round first.
/// </remarks>
internal sealed partial class Prober : IAsyncDisposable
{
    /// <summary>Probes at once. A probe that waits for a silent target costs a descriptor and some KiB, no CPU.</summary>
    internal const int DefaultConcurrency = 1024;

    // New and changed checks are probed at once, but not thousands of them: the rest waits for its place.
    private const int AtOnceLimit = 32;
    private const int ResultLimit = 16 * 1024;

    // Probes keep the deadline themselves; this is for one that does not.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, ProbeSlot> slots = [];
    private readonly Queue<ProbeSlot> urgent = new();
    private readonly Queue<ProbeSlot> scheduled = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<ProbeResult> results;
    private readonly ProbeSchedule schedule;
    private readonly IProbe probe;
    private readonly TimeProvider clock;
    private readonly ILogger<Prober> logger;
    private readonly ITimer timer;
    private readonly long start;
    private readonly int concurrency;
    private int running;
    private bool pumping;
    private bool pumpAgain;
    private bool disposed;

    internal Prober(IProbe probe, string nodeId, TimeProvider clock, ILogger<Prober> logger, int concurrency = DefaultConcurrency)
    {
        this.probe = probe;
        this.clock = clock;
        this.logger = logger;
        this.concurrency = concurrency;
        schedule = new ProbeSchedule(nodeId);
        start = clock.GetTimestamp();
        // The newest result of a check is the one that counts, so the oldest goes when nobody reads.
        results = Channel.CreateBounded<ProbeResult>(
            new BoundedChannelOptions(ResultLimit) { FullMode = BoundedChannelFullMode.DropOldest }, Dropped);
        timer = clock.CreateTimer(static s => ((Prober)s!).Pump(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the probes saw, in the order in which they ended. Ends when the prober is disposed.</summary>
    internal ChannelReader<ProbeResult> Results => results.Reader;

    /// <summary>From now on these checks are probed, and no others.</summary>
    /// <remarks>
    /// A new check is probed at once; so is one whose probe would now look elsewhere, and the answer of a probe that is still on
    /// its way for the old definition, or for a removed check, is dropped.
    /// </remarks>
    internal void Update(IEnumerable<Check> checks)
    {
        lock (gate)
        {
            if (disposed)
                return;

            HashSet<string> kept = [];
            int atOnce = 0;
            foreach (Check check in checks)
            {
                if (!check.Enabled || !ProbeByType.Knows(check.Type) || !kept.Add(check.Id))
                    continue;
                if (Put(check) is { } changed && atOnce++ < AtOnceLimit)
                    Hurry(changed, again: true);
            }

            foreach (ProbeSlot slot in slots.Values.Where(s => s.Check is not null && !kept.Contains(s.Id)).ToList())
                Retire(slot);
            TimeSpan[] paces = [.. slots.Values.Where(static slot => slot.Check is not null).Select(static slot => CheckTimes.Pace(slot.Check!))];
            tick = TickFor(paces.Sum(static pace => 1 / pace.TotalSeconds), paces.DefaultIfEmpty(TimeSpan.MaxValue).Min());
        }

        Pump();
    }

    /// <summary>Probes these checks now, beside their schedule; the next result of each carries the round.</summary>
    /// <remarks>A probe that is already running answers for the round: it ends after the question was put.</remarks>
    internal void ProbeNow(long round, IEnumerable<string> checkIds)
    {
        lock (gate)
        {
            foreach (string id in checkIds)
            {
                if (disposed || !slots.TryGetValue(id, out ProbeSlot? slot) || slot.Check is null)
                    continue;
                slot.Round = round;
                Hurry(slot, again: false);
            }
        }

        Pump();
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
            foreach (ProbeSlot slot in slots.Values)
                Abandon(slot);
            if (running == 0)
                idle.TrySetResult();
        }

        await timer.DisposeAsync();
        try
        {
            await idle.Task.WaitAsync(s_farewell, clock);
        }
        catch (TimeoutException)
        {
            logger.ProbesLeftBehind();
        }

        results.Writer.TryComplete();
    }

    // The slot when it has a new question to answer, otherwise null.
    private ProbeSlot? Put(Check check)
    {
        if (!slots.TryGetValue(check.Id, out ProbeSlot? slot))
        {
            slot = new ProbeSlot(check);
            slots.Add(check.Id, slot);
            schedule.Add(slot, Now);
            return slot;
        }

        Check? before = slot.Check;
        slot.Check = check;
        if (before is not null && Question.IsSame(before, check))
            return null;

        if (before is not null)
            schedule.Remove(slot);
        schedule.Add(slot, Now);
        slot.Attempts = 0;
        slot.Failing = false;
        Abandon(slot);
        return slot;
    }

    private void Retire(ProbeSlot slot)
    {
        schedule.Remove(slot);
        slot.Check = null;
        slot.Turn = Turn.None;
        slot.Again = false;
        slot.Round = 0;
        slot.Attempts = 0;
        slot.Failing = false;
        if (slot.Running is null)
            slots.Remove(slot.Id);
        Abandon(slot);
    }

    private static void Abandon(ProbeSlot slot)
    {
        slot.Generation++;
        // Its continuations run later, on a pool thread: cancelling here, under the lock, would run them here.
        _ = slot.Running?.CancelAsync();
    }

    private void Hurry(ProbeSlot slot, bool again)
    {
        if (slot.Running is not null)
        {
            slot.Again |= again;
            return;
        }

        if (slot.Turn == Turn.Urgent)
            return;
        slot.Turn = Turn.Urgent;
        urgent.Enqueue(slot);
    }

    private TimeSpan Now => clock.GetElapsedTime(start);
}
