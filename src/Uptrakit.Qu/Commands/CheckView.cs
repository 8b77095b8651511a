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
            table.Add(check.Id, check.Name, StateWords.Of(check.Type), check.Target,
                check.Enabled ? "yes" : new Cell("no", Tone.Faint), Duration(check.IntervalMs), Duration(check.TimeoutMs),
                string.Join(",", alerts), string.Join(",", check.Resolvers));
        }
        table.Print(terminal);
    }

    internal static void WriteJson(Terminal terminal, ReadReply state)
    {
        Dictionary<string, string> names = NamesOf(state);
        terminal.WriteArray(state.Checks, (json, check) =>
        {
            json.WriteString("id", check.Id);
            json.WriteString("name", check.Name);
            json.WriteString("type", StateWords.Of(check.Type));
            json.WriteString("target", check.Target);
            json.WriteBoolean("enabled", check.Enabled);
            json.WriteString("interval", Duration(check.IntervalMs));
            json.WriteString("timeout", Duration(check.TimeoutMs));
            json.WriteStrings("alerts", Names(check.AlertIds, names));
            json.WriteStrings("alert_ids", check.AlertIds);
            json.WriteStrings("suppress_alerts", Names(check.SuppressAlertIds, names));
            json.WriteStrings("suppress_alert_ids", check.SuppressAlertIds);
            json.WriteStrings("resolvers", check.Resolvers);
            if (check.Type == CheckType.Http)
            {
                json.WriteNumber("expect", check.ExpectStatus);
                json.WriteString("body_match", check.BodyMatch);
            }
            json.WriteNumber("changed_in", check.ChangedIn);
        });
    }

    private static Dictionary<string, string> NamesOf(ReadReply state) =>
        state.Alerts.DistinctBy(alert => alert.Id).ToDictionary(alert => alert.Id, alert => alert.Name);

    private static IEnumerable<string> Names(IEnumerable<string> ids, Dictionary<string, string> names) =>
        ids.Select(id => names.GetValueOrDefault(id, id));

    private static string Duration(long milliseconds) => Durations.Format(milliseconds);
}
