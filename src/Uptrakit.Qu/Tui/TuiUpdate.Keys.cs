using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Tui;

/// <content>What keys do.</content>
internal static partial class TuiUpdate
{
    private const int MostFilter = 64;
    private static readonly int Tabs = Enum.GetValues<Tab>().Length;

    private static (TuiModel Model, TuiOrder? Order) Press(TuiModel model, ConsoleKeyInfo key) => model.Mode switch
    {
        TuiMode.Filtering => (PressInFilter(model, key), null),
        TuiMode.Confirming confirming => key.KeyChar is 'y' or 'Y'
            ? (model.Tell("working …") with { Mode = TuiMode.Browsing }, confirming.Order)
            : (model.Tell("nothing was changed") with { Mode = TuiMode.Browsing }, null),
        TuiMode.Filling filling => PressInForm(model, filling, key),
        TuiMode.Looking when key.Key is ConsoleKey.Escape or ConsoleKey.Enter or ConsoleKey.Backspace or ConsoleKey.LeftArrow =>
            (model with { Mode = TuiMode.Browsing }, null),
        _ => Browse(model, key),
    };

    private static (TuiModel Model, TuiOrder? Order) Browse(TuiModel model, ConsoleKeyInfo key) => key switch
    {
        { KeyChar: 'q' } => (model, new TuiOrder.Quit()),
        { KeyChar: 'r' } => (model.Tell("looking again"), new TuiOrder.Refresh()),
        { KeyChar: >= '1' and <= '4' } => (Go(model, (Tab)(key.KeyChar - '1')), null),
        { Key: ConsoleKey.Tab } => (Go(model, (Tab)(((int)model.Tab + (key.Modifiers.HasFlag(ConsoleModifiers.Shift) ? Tabs - 1 : 1)) % Tabs)), null),
        { Key: ConsoleKey.UpArrow } or { KeyChar: 'k' } => Move(model, -1),
        { Key: ConsoleKey.DownArrow } or { KeyChar: 'j' } => Move(model, 1),
        { Key: ConsoleKey.PageUp } => Move(model, -Page(model)),
        { Key: ConsoleKey.PageDown } => Move(model, Page(model)),
        { Key: ConsoleKey.Home } or { KeyChar: 'g' } => Move(model, -model.Count),
        { Key: ConsoleKey.End } or { KeyChar: 'G' } => Move(model, model.Count),
        { KeyChar: '/' } => (model with { Mode = new TuiMode.Filtering() }, null),
        { Key: ConsoleKey.Escape } => ((model with { Filter = "", Notice = "" }).Filtered(), null),
        { Key: ConsoleKey.Enter } => Open(model),
        { KeyChar: 'a' } => (Begin(model), null),
        { KeyChar: 'd' } => (AskToRemove(model), null),
        { KeyChar: 'x' } => Toggle(model),
        { KeyChar: 't' } => Test(model),
        { KeyChar: 'D' } => MakeDefault(model),
        _ => (model, null),
    };

    private static TuiModel Go(TuiModel model, Tab tab) => model with { Tab = tab, Mode = TuiMode.Browsing, Notice = "" };

    private static int Page(TuiModel model) => Math.Max(1, TuiView.RowsIn(model.Height));

    /// <summary>In the detail pane the next check is looked at.</summary>
    private static (TuiModel Model, TuiOrder? Order) Move(TuiModel model, int by)
    {
        TuiModel next = model.Select(model.Selected + by);
        return next.Mode is TuiMode.Looking ? Open(next) : (next, null);
    }

    private static (TuiModel Model, TuiOrder? Order) Open(TuiModel model) => model.Check is { } check
        ? (model with { Mode = new TuiMode.Looking(check.Id, null, "", Asked: false), Notice = "" }, new TuiOrder.Refresh())
        : (model, null);

    private static TuiModel PressInFilter(TuiModel model, ConsoleKeyInfo key)
    {
        if (key.Key == ConsoleKey.Enter)
            return model with { Mode = TuiMode.Browsing };
        if (key.Key == ConsoleKey.Escape)
            return (model with { Mode = TuiMode.Browsing, Filter = "" }).Filtered();
        return (model with { Filter = Typed(model.Filter, key, MostFilter) }).Filtered();
    }

    /// <summary>A text after one more key.</summary>
    private static string Typed(string text, ConsoleKeyInfo key, int most)
    {
        if (key.Key == ConsoleKey.Backspace)
            return text.Length > 0 ? text[..^(text.Length > 1 && char.IsLowSurrogate(text[^1]) ? 2 : 1)] : text;
        if (key.Key == ConsoleKey.U && key.Modifiers.HasFlag(ConsoleModifiers.Control))
            return "";
        return char.IsControl(key.KeyChar) || text.Length >= most ? text : text + key.KeyChar;
    }

    private static TuiModel AskToRemove(TuiModel model)
    {
        (string Question, TuiOrder Order)? ask = model switch
        {
            { Check: { } check } => ($"Delete check {check.Name}?", new TuiOrder.Remove(Tab.Checks, check.Id, check.Name)),
            { Alert: { } alert } => ($"Delete alert {alert.Name}?", new TuiOrder.Remove(Tab.Alerts, alert.Id, alert.Name)),
            { Peer: { } peer } => ($"Evict {peer.NodeId} ({peer.Advertise}) for good?", new TuiOrder.Remove(Tab.Peers, peer.NodeId, peer.NodeId)),
            _ => null,
        };
        return ask is { } one ? model with { Mode = new TuiMode.Confirming(Plain.Line(one.Question), one.Order) } : model;
    }

    private static (TuiModel Model, TuiOrder? Order) Toggle(TuiModel model) => model switch
    {
        { Check: { } check } => (model.Tell("working …"), new TuiOrder.Enable(Tab.Checks, check.Id, check.State == "disabled")),
        { Alert: { } alert } => (model.Tell("working …"), new TuiOrder.Enable(Tab.Alerts, alert.Id, !alert.Enabled)),
        { Tab: Tab.Peers } => (model.Tell("members are not switched off; d evicts one for good", Tone.Doubtful), null),
        _ => (model, null),
    };

    private static (TuiModel Model, TuiOrder? Order) MakeDefault(TuiModel model) => model.Alert is { } alert
        ? (model.Tell("working …"), new TuiOrder.MakeDefault(alert.Id, !alert.IsDefault))
        : (model.Tell("D is for alerts: whether one goes to every check", Tone.Doubtful), null);

    private static (TuiModel Model, TuiOrder? Order) Test(TuiModel model) => model switch
    {
        { Alert: { } alert } => (model.Tell("sending a test message …"), new TuiOrder.Test(Tab.Alerts, alert.Id)),
        { Check: { } check } => (model.Tell($"telling that {check.Name} is down, as a test …"), new TuiOrder.Test(Tab.Checks, check.Id)),
        _ => (model.Tell("t tests an alert, or the alerts of a check", Tone.Doubtful), null),
    };
}
