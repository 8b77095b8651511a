using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Decides which message goes next. Not thread-safe: the courier's loop owns it.</summary>
/// <remarks>
/// The messages of one alert about one check go in order, each waiting for the one before. An alert has one message in
/// flight, so that a slow receiver takes one of the places and never all of them; the alert that has waited longest
/// goes first, and within it the check that has.
/// </remarks>
internal sealed class ErrandBook(TimeProvider clock, ILogger logger)
{
    internal static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);

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

        foreach (string gone in errands.Keys.Where(id => !ids.Contains(id)).ToList())
            errands.Remove(gone);
        HashSet<string> alerts = [.. pending.Select(e => e.Entry.AlertId)];
        foreach (string gone in turns.Where(t => !alerts.Contains(t.Key) && !t.Value.Busy).Select(t => t.Key).ToList())
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
            if (errand.Finished || !lanes.Add((alert, errand.Entry.CheckId)) || TurnOf(alert).Busy)
                continue;

            TimeSpan ready = TurnOf(alert).NotBefore > errand.NotBefore ? TurnOf(alert).NotBefore : errand.NotBefore;
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

        if (errand.Alert is not { Enabled: true })
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
            logger.GaveUp(errand.Entry.Id, errand.Entry.AlertId, errand.Entry.CheckId, age);
        }
    }

    private AlertTurn TurnOf(string alert)
    {
        if (!turns.TryGetValue(alert, out AlertTurn? found))
            turns.Add(alert, found = new AlertTurn());
        return found;
    }

    private sealed class AlertTurn
    {
        internal bool Busy { get; set; }

        internal TimeSpan NotBefore { get; set; }

        internal long Last { get; set; }
    }
}
