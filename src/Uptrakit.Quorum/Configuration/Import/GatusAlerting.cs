using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Alert providers of Gatus as alerts.</summary>
internal sealed class GatusAlerting(ForeignFields alerting, Imported imported)
{
    private static readonly Dictionary<string, (AlertType Type, (string Theirs, string Ours)[] Fields)> Known = new()
    {
        ["discord"] = (AlertType.Discord, [("webhook-url", "url")]),
        ["slack"] = (AlertType.Slack, [("webhook-url", "url")]),
        ["mattermost"] = (AlertType.Slack, [("webhook-url", "url")]),
        ["rocketchat"] = (AlertType.Slack, [("webhook-url", "url")]),
        ["teams"] = (AlertType.Teams, [("webhook-url", "url")]),
        ["teams-workflows"] = (AlertType.Teams, [("webhook-url", "url")]),
        ["telegram"] = (AlertType.Telegram, [("token", "token"), ("id", "chat"), ("topic-id", "thread"), ("api-url", "url")]),
        ["ntfy"] = (AlertType.Ntfy, [("topic", "topic"), ("url", "url"), ("token", "token"), ("priority", "priority")]),
        ["gotify"] = (AlertType.Gotify, [("server-url", "url"), ("token", "token"), ("priority", "priority")]),
        ["pushover"] = (AlertType.Pushover, [("application-token", "token"), ("user-key", "user"), ("priority", "priority"), ("sound", "sound"), ("device", "device")]),
        ["matrix"] = (AlertType.Matrix, [("server-url", "url"), ("access-token", "token"), ("internal-room-id", "room")]),
        ["pagerduty"] = (AlertType.Pagerduty, [("integration-key", "routing_key")]),
        ["opsgenie"] = (AlertType.Opsgenie, [("api-key", "key"), ("priority", "priority")]),
        ["email"] = (AlertType.Smtp, [("host", "host"), ("port", "port"), ("from", "from"), ("to", "to"), ("username", "user"), ("password", "password")]),
        ["custom"] = (AlertType.Webhook, [("url", "url")]),
    };

    /// <summary>Gatus' word for each that was taken, with its name here.</summary>
    public IReadOnlyDictionary<string, string> Read()
    {
        Dictionary<string, string> taken = [];
        foreach (string word in alerting.Names)
        {
            if (!Known.TryGetValue(word, out var known))
            {
                imported.Note($"alert '{Validation.Shown(word)}' is left out: qu has no such type");
                continue;
            }

            Alert alert = new() { Name = imported.NameOfAlert(word), Type = known.Type, Enabled = true };
            ForeignFields theirs = alerting.Map(word);
            if (!AlertImport.Fill(alert, theirs, known.Fields, imported))
                continue;
            if (known.Type == AlertType.Smtp)
                AlertImport.Mail(alert, tls: alert.Smtp?.Port == 465);
            Leftovers(alert, theirs, [.. known.Fields.Select(static field => field.Theirs), "default-alert"]);
            if (word == "custom")
                imported.Note($"alert '{alert.Name}': what is posted is JSON of qu, not the body that was written there");
            if (imported.Add(alert))
                taken[word] = alert.Name;
        }

        return taken;
    }

    private void Leftovers(Alert alert, ForeignFields theirs, string[] known)
    {
        foreach (string field in theirs.Names.Where(field => !known.Contains(field)))
            imported.Note($"alert '{alert.Name}': '{Validation.Shown(field)}' is left out");
        foreach (string field in theirs.Map("default-alert").Names.Where(static field => field is not ("enabled" or "send-on-resolved")))
            imported.Note($"alert '{alert.Name}': '{Validation.Shown(field)}' of its defaults is left out: retries and reminders are a check's");
    }
}
