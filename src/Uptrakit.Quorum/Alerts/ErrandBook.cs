using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Decides which message goes next. Not thread-safe: the courier's loop owns it.</summary>
/// <remarks>
/// The messages of one alert about one check go in order, each waiting for the one before. An alert has one message in
/// flight, so that a slow receiver takes one of the places and never all of them; the alert that has waited longest
/// goes first, and within it the check that has.
/// An alert that has sent as many messages as it may in an hour waits; when it may again, everything that has waited
/// is told in one message. Another leader counts anew: too many messages are better than too few.
/// </remarks>
internal sealed class ErrandBook(TimeProvider clock, ILogger logger)
{
    internal static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Errand> errands = [];
    private readonly Dictionary<string, AlertTurn> turns = [];
    private readonly long start = clock.GetTimestamp();
    private List<Errand> pending = [];
    private long turn;

    internal TimeSpan Now => clock.GetElapsedTime(start);

    /// <summary>Takes over what is pending now. What is gone was committed and never comes back.</summary>
    internal void TakeStock(IReadOnlyList<(OutboxEntry Entry, Alert? Alert)> entries)
    {
        pending = new List<Errand>(entries.Count);
        HashSet<string> ids = [];
        foreach ((OutboxEntry entry, Alert? alert) in entries)
        {
            if (!ids.Add(entry.Id))
                continue;
            if (!errands.TryGetValue(entry.Id, out Errand? errand))
                errands.Add(entry.Id, errand = new Errand(entry, alert));
            errand.Alert = alert;
            pending.Add(errand);
            Discard(errand);
        }

        foreach (Errand gone in errands.Values.Where(e => !ids.Contains(e.Entry.Id)).ToList())
        {
            errands.Remove(gone.Entry.Id);
            // Another leader has told it, by itself: what it was to tell of others is theirs again.
            Release(gone);
        }

        HashSet<string> alerts = [.. pending.Select(e => e.Entry.AlertId)];
        foreach (string gone in turns.Where(t => !alerts.Contains(t.Key) && !t.Value.Busy && t.Value.IsRested(Now)).Select(t => t.Key).ToList())
            turns.Remove(gone);
    }

    /// <summary>What may be sent now, at most <paramref name="limit"/>, and when to look again if nothing else happens.</summary>
    internal List<Errand> Choose(int limit, out TimeSpan? wake)
    {
        wake = null;
        TimeSpan now = Now;
        Dictionary<string, Errand> first = [];
        HashSet<(string, string)> lanes = [];
        foreach (Errand errand in pending)
        {
            string alert = errand.Entry.AlertId;
            if (errand.Finished || !lanes.Add((alert, errand.Entry.CheckId)) || errand.Carrier is not null || TurnOf(alert).Busy)
                continue;

            TimeSpan ready = new[] { TurnOf(alert).NotBefore, errand.NotBefore, Held(errand) }.Max();
            if (ready <= now)
                first[alert] = first.TryGetValue(alert, out Errand? rival) && rival.LastTurn <= errand.LastTurn ? rival : errand;
            else if (wake is null || ready < wake)
                wake = ready;
        }

        return [.. first.Values.OrderBy(e => TurnOf(e.Entry.AlertId).Last).Take(limit)];
    }

    internal void Started(Errand errand)
    {
        errand.InFlight = true;
        errand.Attempts++;
        AlertTurn mine = TurnOf(errand.Entry.AlertId);
        mine.Busy = true;
        mine.Last = errand.LastTurn = ++turn;
        // Counted once, however often it has to be tried.
        if (errand.Attempts > 1)
            return;
        Allowance allowance = mine.AllowanceOf(errand);
        allowance.Sent.Enqueue(Now);
        if (allowance.Limited)
            SumUp(errand, mine);
        allowance.Limited = false;
    }

    /// <summary>The receiver has it, or never will; and with it what it told of others.</summary>
    internal static void Finished(Errand errand)
    {
        errand.Finished = true;
        foreach (Errand told in errand.Summed)
            told.Finished = true;
    }

    internal void Ended(Errand errand)
    {
        errand.InFlight = false;
        TurnOf(errand.Entry.AlertId).Busy = false;
    }

    /// <summary>A receiver that asks for a pause gets it for all its messages.</summary>
    internal void Postpone(Errand errand, TimeSpan wait, bool wholeAlert)
    {
        errand.NotBefore = Now + wait;
        if (wholeAlert)
            TurnOf(errand.Entry.AlertId).NotBefore = errand.NotBefore;
    }

    internal List<Errand> ToCommit() => [.. pending.Where(e => e is { Finished: true, Committed: false, InFlight: false })];

    private void Discard(Errand errand)
    {
        if (errand.Finished || errand.InFlight)
            return;

        // One that is switched off is still told what ends its incidents: nobody else would.
        if (errand.Alert is not { Enabled: true } && !(errand.Alert is not null && AlertTones.IsEnd(AlertMessage.Of(errand.Entry))))
        {
            errand.Finished = true;
            logger.Dropped(errand.Entry.Id, errand.Entry.AlertId);
            return;
        }

        // At least one attempt: the clock of the node that wrote the entry may have been wrong by days.
        TimeSpan age = clock.GetUtcNow() - DateTimeOffset.UnixEpoch - TimeSpan.FromMilliseconds(errand.Entry.AtMs);
        if (errand.Attempts > 0 && age > GiveUpAfter)
        {
            errand.Finished = true;
            // The others are younger, and have their own day.
            Release(errand);
            logger.GaveUp(errand.Entry.Id, errand.Entry.AlertId, errand.Entry.CheckId, age);
        }
    }

    // When the limit of its alert lets it go.
    private TimeSpan Held(Errand errand)
    {
        // What is tried again was counted the first time.
        if (errand is not { Alert: { MostPerHour: > 0 } alert, Attempts: 0 } || AlertSchema.Of(alert.Type) is { KeepsIncidents: true })
            return TimeSpan.Zero;
        Allowance mine = TurnOf(errand.Entry.AlertId).AllowanceOf(errand);
        if (mine.Recent(Now) < alert.MostPerHour)
            return TimeSpan.Zero;

        TimeSpan free = mine.Sent.ElementAt(mine.Sent.Count - alert.MostPerHour) + s_hour;
        if (!mine.Limited)
            logger.LimitReached(alert.Id, alert.Name, alert.MostPerHour, free - Now);
        mine.Limited = true;
        return free;
    }

    private void SumUp(Errand first, AlertTurn turn)
    {
        Allowance allowance = turn.AllowanceOf(first);
        List<Errand> mine = [.. pending.Where(e => e.Entry.AlertId == first.Entry.AlertId && !e.Finished && e != first && turn.AllowanceOf(e) == allowance)];
        // A check of which something is still being tried keeps its order.
        HashSet<string> busy = [.. mine.Where(e => e.Attempts > 0).Select(e => e.Entry.CheckId)];
        List<Errand> waiting = [.. mine.Where(e => e.Carrier is null && !busy.Contains(e.Entry.CheckId))];
        if (waiting.Count == 0)
            return;
        foreach (Errand each in waiting)
            each.Carrier = first;
        first.Summed = [first, .. waiting];
    }

    private static void Release(Errand carrier)
    {
        foreach (Errand other in carrier.Summed)
            other.Carrier = null;
    }

    private AlertTurn TurnOf(string alert)
    {
        if (!turns.TryGetValue(alert, out AlertTurn? found))
            turns.Add(alert, found = new AlertTurn());
        return found;
    }

    private sealed class AlertTurn
    {
        // Apart: members that come and go must not hold back what is told of checks.
        private readonly Allowance checks = new(), members = new();

        internal bool Busy { get; set; }

        internal TimeSpan NotBefore { get; set; }

        internal long Last { get; set; }

        /// <summary>Whether nothing of its hour is used up.</summary>
        internal bool IsRested(TimeSpan now) => checks.Recent(now) == 0 && members.Recent(now) == 0;

        internal Allowance AllowanceOf(Errand errand) => errand.Entry.CheckId.Length > 0 ? checks : members;
    }

    /// <summary>What of an alert's hour is used up.</summary>
    private sealed class Allowance
    {
        /// <summary>Whether something waits because of the limit.</summary>
        internal bool Limited { get; set; }

        /// <summary>When messages were delivered, the oldest first.</summary>
        internal Queue<TimeSpan> Sent { get; } = [];

        internal int Recent(TimeSpan now)
        {
            while (Sent.TryPeek(out TimeSpan oldest) && oldest <= now - s_hour)
                Sent.Dequeue();
            return Sent.Count;
        }
    }
}
