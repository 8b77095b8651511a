namespace Uptrakit.Quorum.State;

/// <summary>Which changes of a state an alert tells.</summary>
/// <remarks>
/// An alert that is not asked to tell a state takes it for up: to one that tells only what is down, warn and degraded are up. It then tells
/// whenever what it sees has changed, so that each bad news is followed by what ends it, and by nothing else.
/// </remarks>
internal static class Tells
{
    private static readonly CheckState[] Usual = [CheckState.Down, CheckState.Warn];

    public static bool Wants(Alert alert, CheckState state) => alert.On.Count == 0 ? Usual.Contains(state) : alert.On.Contains(state);

    /// <summary>Whether an alert that was asked for nothing else tells the change.</summary>
    public static bool IsUsual(CheckState told, CheckState now) => View(told) != View(now);

    public static bool Is(Alert alert, CheckState told, CheckState now) => View(alert, told) != View(alert, now);

    /// <summary>The state as a message of the alert names it.</summary>
    public static CheckState As(Alert alert, CheckState state) => state is CheckState.Unknown or CheckState.Maintenance ? state : View(alert, state);

    /// <summary>The first time that a check is up is no news.</summary>
    private static CheckState View(Alert alert, CheckState state) => Wants(alert, state) ? state : CheckState.Up;

    private static CheckState View(CheckState state) => Usual.Contains(state) ? state : CheckState.Up;
}
