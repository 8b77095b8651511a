namespace Uptrakit.Quorum.State;

/// <summary>Which changes of a state an alert tells.</summary>
/// <remarks>
/// An alert that is not asked to tell a state takes it for up: to one that tells only what is down, warn and degraded are up. It then tells
/// whenever what it sees has changed, so that each bad news is followed by what ends it, and by nothing else.
/// One that waits tells only what is down, and what ends that only if it was told.
/// </remarks>
internal static class Tells
{
    private static readonly CheckState[] Usual = [CheckState.Down, CheckState.Warn];

    public static bool Wants(Alert alert, CheckState state) => alert switch
    {
        { AfterMs: > 0 } => state == CheckState.Down,
        { On.Count: 0 } => Usual.Contains(state),
        _ => alert.On.Contains(state),
    };

    /// <summary>Whether an alert that was asked for nothing else tells the change.</summary>
    public static bool IsUsual(CheckState told, CheckState now) => View(told) != View(now);

    public static bool Is(Alert alert, CheckState told, CheckState now) => View(alert, told) != View(alert, now);

    /// <summary>Whether the alert tells what a check has become.</summary>
    /// <param name="former">With what was told before.</param>
    public static bool Is(Alert alert, CheckStatus former, CheckState now) => alert.AfterMs > 0
        ? former.EscalatedAlertIds.Contains(alert.Id) && now != CheckState.Down
        : Is(alert, Told(former), now) || (Flapping.ToldAs(former) is var worse && worse != CheckState.Unknown && Wants(alert, worse));

    /// <summary>Whether the alert tells that a check flaps, now in the worse of its states.</summary>
    public static bool IsFlapping(Alert alert, CheckState worse) => alert.AfterMs == 0 && Wants(alert, worse);

    /// <summary>Whether the alert repeats that it is down.</summary>
    public static bool IsReminder(Alert alert, CheckStatus status) =>
        alert.AfterMs > 0 ? status.EscalatedAlertIds.Contains(alert.Id) : Wants(alert, CheckState.Down);

    /// <summary>What people know of a check. What was settled before a version knew of `told` was told.</summary>
    public static CheckState Told(CheckStatus status) => status.Told == CheckState.Unknown ? status.Settled : status.Told;

    /// <summary>Whether people may know the check to be bad.</summary>
    public static bool IsBad(CheckStatus status) => Kinds.ToldStates.Contains(Told(status)) || Flapping.ToldAs(status) != CheckState.Unknown;

    /// <summary>The state as a message of the alert names it.</summary>
    public static CheckState As(Alert alert, CheckState state) => state is CheckState.Unknown or CheckState.Maintenance ? state : View(alert, state);

    /// <summary>The first time that a check is up is no news.</summary>
    private static CheckState View(Alert alert, CheckState state) => Wants(alert, state) ? state : CheckState.Up;

    private static CheckState View(CheckState state) => Usual.Contains(state) ? state : CheckState.Up;
}
