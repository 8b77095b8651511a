using System.Collections.Immutable;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Qu.Tui;

/// <content>The forms behind `a`. The rules are those of the state, so that what the cluster would refuse is told here.</content>
internal static partial class TuiUpdate
{
    private const int MostField = 2048;
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(24);

    /// <summary>Push checks have a key that is shown once, and other alerts have secrets: a command line is the better place.</summary>
    private static readonly ImmutableArray<string> CheckTypes = [.. Kinds.CheckTypes.Where(static type => type != CheckType.Push).Select(Kinds.Text)];

    private static readonly ImmutableArray<string> AlertTypes = [Kinds.Text(AlertType.Webhook), Kinds.Text(AlertType.Discord)];

    private static TuiModel Begin(TuiModel model) => model.Tab switch
    {
        Tab.Checks => Fill(model, FormField.OneOf("type", CheckTypes), FormField.Text("name", "", "unique"),
            FormField.Text("target", "", "URL, host or host:port"), FormField.Text("interval", Durations.Format(Validation.DefaultInterval), "such as 30s or 5m")),
        Tab.Alerts => Fill(model, FormField.OneOf("type", AlertTypes), FormField.Text("name", "", "unique"),
            FormField.Text("url", "", "where messages are posted"), FormField.OneOf("default", "no", "yes")),
        Tab.Peers => model.Tell("a new node joins with a token: qu enroll create --name bravo", Tone.Doubtful),
        _ => model,
    };

    private static TuiModel Fill(TuiModel model, params ImmutableArray<FormField> fields) => model with { Mode = new TuiMode.Filling(model.Tab, fields, 0, ""), Notice = "" };

    private static (TuiModel Model, TuiOrder? Order) PressInForm(TuiModel model, TuiMode.Filling form, ConsoleKeyInfo key)
    {
        FormField field = form.Fields[form.At];
        bool back = key.Key == ConsoleKey.UpArrow || (key.Key == ConsoleKey.Tab && key.Modifiers.HasFlag(ConsoleModifiers.Shift));
        if (key.Key == ConsoleKey.Escape)
            return (model.Tell("nothing was added") with { Mode = TuiMode.Browsing }, null);
        if (key.Key == ConsoleKey.Enter && form.At == form.Fields.Length - 1)
            return Send(model, form);
        if (back || key.Key is ConsoleKey.Tab or ConsoleKey.DownArrow or ConsoleKey.Enter)
            return (model with { Mode = form with { At = (form.At + (back ? form.Fields.Length - 1 : 1)) % form.Fields.Length } }, null);
        FormField changed = field.Choices.IsEmpty ? field with { Value = Typed(field.Value, key, MostField) } : field with { Value = Chosen(field, key) };
        return (model with { Mode = form with { Fields = form.Fields.SetItem(form.At, changed), Fault = "" } }, null);
    }

    private static string Chosen(FormField field, ConsoleKeyInfo key)
    {
        int at = field.Choices.IndexOf(field.Value);
        if (key.Key is ConsoleKey.RightArrow or ConsoleKey.Spacebar)
            return field.Choices[(at + 1) % field.Choices.Length];
        if (key.Key == ConsoleKey.LeftArrow)
            return field.Choices[(at + field.Choices.Length - 1) % field.Choices.Length];
        // The first letter chooses, too.
        return field.Choices.FirstOrDefault(choice => choice[0] == char.ToLowerInvariant(key.KeyChar)) ?? field.Value;
    }

    private static (TuiModel Model, TuiOrder? Order) Send(TuiModel model, TuiMode.Filling form)
    {
        string[] values = [.. form.Fields.Select(static field => field.Value.Trim())];
        (TuiOrder? order, int at, string? fault) = form.Kind == Tab.Checks ? CheckOf(values) : AlertOf(values);
        return order is null
            ? (model with { Mode = form with { At = at, Fault = Plain.Line($"{form.Fields[at].Name}: {fault}") } }, null)
            : (model.Tell("working …") with { Mode = TuiMode.Browsing }, order);
    }

    private static (TuiOrder? Order, int At, string? Fault) CheckOf(string[] values)
    {
        if (!Kinds.TryParse(values[0], out CheckType type))
            return (null, 0, "is no type");
        if (Validation.FaultOfName(values[1]) is { } name)
            return (null, 1, name);
        if (Validation.FaultOfTarget(type, values[2]) is { } target)
            return (null, 2, target);
        return Durations.TryParse(values[3], out TimeSpan interval) && interval > TimeSpan.Zero && interval <= LongestInterval
            ? (new TuiOrder.AddCheck(values[0], values[1], values[2], interval), 0, null)
            : (null, 3, "is not a duration; write it like 30s, 1m30s or 2h");
    }

    private static (TuiOrder? Order, int At, string? Fault) AlertOf(string[] values)
    {
        if (Validation.FaultOfName(values[1]) is { } name)
            return (null, 1, name);
        return Validation.FaultOfUrl(values[2]) is { } url
            ? (null, 2, url)
            : (new TuiOrder.AddAlert(values[0], values[1], values[2], values[3] == "yes"), 0, null);
    }
}
