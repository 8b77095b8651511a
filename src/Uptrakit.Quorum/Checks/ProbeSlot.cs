using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>Where a slot waits for its turn.</summary>
internal enum Turn
{
    None,
    Scheduled,
    Urgent,
}

/// <summary>One check in the prober. All of it is guarded by the prober's lock.</summary>
internal sealed class ProbeSlot(Check check)
{
    internal string Id { get; } = check.Id;

    /// <summary>Null when the check was removed while its probe ran; the slot then goes when the probe has ended.</summary>
    internal Check? Check { get; set; } = check;

    /// <summary>Counts what makes a running probe's answer worthless: it answered another question.</summary>
    internal int Generation { get; set; }

    internal CancellationTokenSource? Running { get; set; }

    /// <summary>Probe once more as soon as the running probe has ended.</summary>
    internal bool Again { get; set; }

    internal Turn Turn { get; set; }

    /// <summary>The confirmation round that the next answer is for, or 0.</summary>
    internal long Round { get; set; }

    /// <summary>Failures since the last answer that was told: the retries that are used up.</summary>
    internal int Attempts { get; set; }

    /// <summary>The last answer that was told is a failure.</summary>
    internal bool Failing { get; set; }

    /// <summary>Names the slot's living entry in the schedule; entries with another number are dead.</summary>
    internal int ScheduleEntry { get; set; }
}
