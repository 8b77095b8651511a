using System.Globalization;
using System.Text.Json;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Qu.Commands;

/// <summary>Checks as they are set.</summary>
internal static class CheckView
{
    internal static void WriteTable(Terminal terminal, ReadReply state)
    {
        Dictionary<string, string> names = NamesOf(state);
        TablePrinter table = new("ID", "NAME", "TYPE", "TARGET", "ENABLED", "INTERVAL", "TIMEOUT", "ALERTS", "RESOLVERS");
        foreach (Check check in state.Checks)
        {
            IEnumerable<string> suppressed = Names(check.SuppressAlertIds, names).Select(name => $"!{name}");
            IEnumerable<string> alerts = Names(check.AlertIds, names).Concat(suppressed);
            table.Add(check.Id, check.Name, Kinds.Text(check.Type), check.Target,
                check.Enabled ? "yes" : new Cell("no", Tone.Faint), Duration(check.IntervalMs), Duration(check.TimeoutMs),
                string.Join(",", alerts), string.Join(",", check.Resolvers));
        }
        table.Print(terminal);
    }

    internal static void WriteJson(Terminal terminal, ReadReply state)
    {
        Dictionary<string, string> names = NamesOf(state);
        Dictionary<string, string> parents = state.Checks.ToDictionary(static check => check.Id, static check => check.Name);
        terminal.WriteArray(state.Checks, (json, check) =>
        {
            json.WriteString("id", check.Id);
            json.WriteString("name", check.Name);
            json.WriteString("type", Kinds.Text(check.Type));
            json.WriteString("target", check.Target);
            json.WriteBoolean("enabled", check.Enabled);
            json.WriteString("interval", Duration(check.IntervalMs));
            json.WriteString("timeout", Duration(check.TimeoutMs));
            json.WriteStrings("alerts", Names(check.AlertIds, names));
            json.WriteStrings("alert_ids", check.AlertIds);
            json.WriteStrings("suppress_alerts", Names(check.SuppressAlertIds, names));
            json.WriteStrings("suppress_alert_ids", check.SuppressAlertIds);
            json.WriteStrings("resolvers", check.Resolvers);
            json.WriteStrings("parents", check.ParentIds.Select(id => parents.GetValueOrDefault(id, id)));
            foreach (CheckField field in CheckFields.For(check.Type))
                Write(json, field, field.Get(check));
            json.WriteNumber("changed_in", check.ChangedIn);
        });
    }

    private static void Write(Utf8JsonWriter json, CheckField field, IReadOnlyList<string> values)
    {
        // What may be a secret is for who wrote it.
        if (field.IsSecret)
            values = [.. values.Select(static value => value.Contains(": sealed:", StringComparison.Ordinal) ? "(sealed)" : Secrets.Masked(value))];
        switch (field.Shape)
        {
            case FieldShape.List:
                json.WriteStrings(field.Name, values);
                break;
            case FieldShape.Flag:
                json.WriteBoolean(field.Name, values is ["true"]);
                break;
            case FieldShape.Number:
                json.WriteNumber(field.Name, values.Count > 0 ? int.Parse(values[0], CultureInfo.InvariantCulture) : 0);
                break;
            default:
                json.WriteString(field.Name, values.Count > 0 ? values[0] : "");
                break;
        }
    }

    private static Dictionary<string, string> NamesOf(ReadReply state) =>
        state.Alerts.DistinctBy(alert => alert.Id).ToDictionary(alert => alert.Id, alert => alert.Name);

    private static IEnumerable<string> Names(IEnumerable<string> ids, Dictionary<string, string> names) =>
        ids.Select(id => names.GetValueOrDefault(id, id));

    private static string Duration(long milliseconds) => Durations.Format(milliseconds);
}
