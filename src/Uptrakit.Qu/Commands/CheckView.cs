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
        CheckNames names = CheckNames.Of(state);
        TablePrinter table = new("ID", "NAME", "TYPE", "TARGET", "ENABLED", "INTERVAL", "TIMEOUT", "ALERTS", "RESOLVERS");
        foreach (Check check in state.Checks)
        {
            IEnumerable<string> suppressed = names.OfAlerts(check.SuppressAlertIds).Select(name => $"!{name}");
            IEnumerable<string> alerts = names.OfAlerts(check.AlertIds).Concat(suppressed);
            table.Add(check.Id, check.Name, Kinds.Text(check.Type), check.Target,
                check.Enabled ? "yes" : new Cell("no", Tone.Faint), Duration(check.IntervalMs), Duration(check.TimeoutMs),
                string.Join(",", alerts), string.Join(",", check.Resolvers));
        }
        table.Print(terminal);
    }

    internal static void WriteJson(Terminal terminal, ReadReply state)
    {
        CheckNames names = CheckNames.Of(state);
        terminal.WriteArray(state.Checks, (json, check) => WriteSettings(json, check, names));
    }

    /// <summary>How the check is set, without what may be a secret.</summary>
    internal static void WriteSettings(Utf8JsonWriter json, Check check, CheckNames names)
    {
        json.WriteString("id", check.Id);
        json.WriteString("name", check.Name);
        json.WriteString("type", Kinds.Text(check.Type));
        json.WriteString("target", check.Target);
        json.WriteBoolean("enabled", check.Enabled);
        json.WriteString("interval", Duration(check.IntervalMs));
        json.WriteString("timeout", Duration(check.TimeoutMs));
        json.WriteStrings("alerts", names.OfAlerts(check.AlertIds));
        json.WriteStrings("alert_ids", check.AlertIds);
        json.WriteStrings("suppress_alerts", names.OfAlerts(check.SuppressAlertIds));
        json.WriteStrings("suppress_alert_ids", check.SuppressAlertIds);
        json.WriteStrings("resolvers", check.Resolvers);
        json.WriteStrings("parents", names.OfChecks(check.ParentIds));
        foreach (CheckField field in CheckFields.For(check.Type))
            Write(json, field, ValuesOf(field, check));
        json.WriteNumber("changed_in", check.ChangedIn);
    }

    /// <summary>What is set, without what may be a secret: that is for who wrote it.</summary>
    internal static IReadOnlyList<string> ValuesOf(CheckField field, Check check) => field.IsSecret
        ? [.. field.Get(check).Select(static value => value.Contains(": sealed:", StringComparison.Ordinal) ? "(sealed)" : Secrets.Masked(value))]
        : field.Get(check);

    private static void Write(Utf8JsonWriter json, CheckField field, IReadOnlyList<string> values)
    {
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

    private static string Duration(long milliseconds) => Durations.Format(milliseconds);
}
