namespace Uptrakit.Qu.Tui;

/// <summary>The tabs, in the order in which they stand.</summary>
internal enum Tab
{
    Peers,
    Checks,
    Alerts,
    Events,
}
