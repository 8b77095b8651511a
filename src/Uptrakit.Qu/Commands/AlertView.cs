using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Qu.Commands;

/// <summary>Alerts without what must stay secret.</summary>
internal static class AlertView
{
    internal static void WriteTable(Terminal terminal, IEnumerable<Alert> alerts)
    {
        TablePrinter table = new("ID", "NAME", "TYPE", "ENABLED", "DEFAULT", "AFTER", "URL");
        foreach (Alert alert in alerts)
        {
            table.Add(alert.Id, alert.Name, Kinds.Text(alert.Type), alert.Enabled ? "yes" : new Cell("no", Tone.Faint),
                alert.IsDefault ? "yes" : "no", alert.AfterMs > 0 ? Durations.Format(alert.AfterMs) : "", MaskedUrl(alert));
        }
        table.Print(terminal);
    }

    internal static void WriteJson(Terminal terminal, IEnumerable<Alert> alerts) => terminal.WriteArray(alerts, (json, alert) =>
    {
        json.WriteString("id", alert.Id);
        json.WriteString("name", alert.Name);
        json.WriteString("type", Kinds.Text(alert.Type));
        json.WriteBoolean("enabled", alert.Enabled);
        json.WriteBoolean("default", alert.IsDefault);
        json.WriteString("after", Durations.Format(alert.AfterMs));
        json.WriteString("url", MaskedUrl(alert));
        json.WriteNumber("changed_in", alert.ChangedIn);
    });

    /// <summary>Where it goes, without what opens the door there.</summary>
    /// <remarks>The last part of a Discord URL is its password; elsewhere passwords sit before the @ and in the query.</remarks>
    internal static string MaskedUrl(Alert alert)
    {
        if (alert.Secrets.TryGetValue("url", out Secret? secret))
            return Secrets.Masked(Secrets.Shown(secret));
        if (!Uri.TryCreate(alert.Url, UriKind.Absolute, out Uri? url))
            return "";
        string path = url.AbsolutePath;
        if (alert.Type == AlertType.Discord)
            path = $"{path[..(path.LastIndexOf('/') + 1)]}***";
        string user = url.UserInfo.Length > 0 ? "***@" : "";
        string query = url.Query.Length > 1 ? "?***" : "";
        return $"{url.Scheme}://{user}{url.Authority}{path}{query}";
    }
}
