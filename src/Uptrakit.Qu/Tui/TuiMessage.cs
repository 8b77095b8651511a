using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Tui;

/// <summary>What can happen to the view.</summary>
internal abstract record TuiMessage
{
    private TuiMessage()
    {
    }

    internal sealed record Key(ConsoleKeyInfo Pressed) : TuiMessage;

    /// <summary>How things stand now.</summary>
    internal sealed record Refreshed(StatusReply Status, IReadOnlyList<Alert> Alerts) : TuiMessage;

    /// <summary>The daemon does not answer.</summary>
    internal sealed record Lost(string Why) : TuiMessage;

    /// <summary>What became of an order.</summary>
    internal sealed record Told(string Words, bool Failed) : TuiMessage;

    /// <summary>The outages before this view was opened.</summary>
    internal sealed record PastEvents(IReadOnlyList<OutageRow> Outages) : TuiMessage;

    /// <summary>What was, of the check that is looked at; null with a reason.</summary>
    internal sealed record PastOf(string CheckId, HistoryReply? Past, string Fault) : TuiMessage;

    internal sealed record Resized(int Width, int Height) : TuiMessage;

    /// <summary>The keyboard has ended: the terminal is gone.</summary>
    internal sealed record KeyboardEnded : TuiMessage;
}
