using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Notifications of Uptime Kuma as alerts.</summary>
internal sealed class KumaNotifications(Imported imported)
{
    private static readonly Dictionary<string, (AlertType Type, (string Theirs, string Ours)[] Fields)> Known = new()
    {
        ["discord"] = (AlertType.Discord, [("discordWebhookUrl", "url")]),
        ["slack"] = (AlertType.Slack, [("slackwebhookURL", "url")]),
        ["mattermost"] = (AlertType.Slack, [("mattermostWebhookUrl", "url")]),
        ["rocket.chat"] = (AlertType.Slack, [("rocketwebhookURL", "url")]),
        ["teams"] = (AlertType.Teams, [("webhookUrl", "url")]),
        ["telegram"] = (AlertType.Telegram,
            [("telegramBotToken", "token"), ("telegramChatID", "chat"), ("telegramMessageThreadID", "thread"), ("telegramSendSilently", "silent"), ("telegramServerUrl", "url")]),
        ["ntfy"] = (AlertType.Ntfy, [("ntfytopic", "topic"), ("ntfyserverurl", "url"), ("ntfyPriority", "priority")]),
        ["gotify"] = (AlertType.Gotify, [("gotifyserverurl", "url"), ("gotifyapplicationToken", "token"), ("gotifyPriority", "priority")]),
        ["pushover"] = (AlertType.Pushover,
            [("pushoverapptoken", "token"), ("pushoveruserkey", "user"), ("pushoverpriority", "priority"), ("pushoversounds", "sound"), ("pushoverdevice", "device")]),
        ["matrix"] = (AlertType.Matrix, [("homeserverUrl", "url"), ("internalRoomId", "room"), ("accessToken", "token")]),
        ["pagerduty"] = (AlertType.Pagerduty, [("pagerdutyIntegrationKey", "routing_key")]),
        ["opsgenie"] = (AlertType.Opsgenie, [("opsgenieApiKey", "key"), ("opsgenieRegion", "region")]),
        ["smtp"] = (AlertType.Smtp,
            [("smtpHost", "host"), ("smtpPort", "port"), ("smtpFrom", "from"), ("smtpTo", "to"), ("smtpUsername", "user"), ("smtpPassword", "password")]),
        ["webhook"] = (AlertType.Webhook, [("webhookURL", "url")]),
    };

    /// <summary>Kuma's id of each that was taken, with its name here.</summary>
    public IReadOnlyDictionary<string, string> Read(IEnumerable<ForeignFields> notifications)
    {
        Dictionary<string, string> taken = [];
        foreach (ForeignFields notification in notifications)
        {
            ForeignFields config = ConfigOf(notification);
            string type = config.Text("type") ?? notification.Text("type") ?? "";
            string name = imported.NameOfAlert(notification.Text("name") ?? config.Text("name") ?? type);
            if (!Known.TryGetValue(type.ToLowerInvariant(), out var known))
            {
                imported.Note($"alert '{name}' is left out: qu has no type '{Validation.Shown(type)}'");
                continue;
            }

            Alert alert = new() { Name = name, Type = known.Type, Enabled = notification.Flag("active", true), IsDefault = notification.Flag("isDefault", config.Flag("isDefault", false)) };
            // Dollars mean nothing in there.
            foreach ((string from, string to) in known.Fields)
                Set(alert, to, config.Text(from));
            Special(alert, config);
            if (imported.Add(alert) && notification.Text("id") is { } id)
                taken[id] = name;
        }

        return taken;
    }

    /// <summary>In a backup the settings are JSON in a text.</summary>
    private static ForeignFields ConfigOf(ForeignFields notification) =>
        notification.Text("config") is { } text ? JsonTree.TryRead(text, out _) is { } map ? new ForeignFields(map) : ForeignFields.None
        : notification.Has("config") ? notification.Map("config") : notification;

    private static void Set(Alert alert, string field, string? value)
    {
        if (value is null)
            return;
        var ours = Alerts.Schema.AlertSchema.Of(alert.Type)!.Fields.First(each => each.Name == field);
        ours.Set(alert, ours.IsList ? value.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [value]);
    }

    private void Special(Alert alert, ForeignFields config)
    {
        switch (alert.Type)
        {
            case AlertType.Smtp:
                AlertImport.Mail(alert, config.Flag("smtpSecure", false));
                if (config.Has("smtpCC") || config.Has("smtpBCC"))
                    imported.Note($"alert '{alert.Name}': copies (CC, BCC) are left out");
                if (config.Flag("smtpIgnoreTLSError", false))
                    imported.Note($"alert '{alert.Name}': the server's certificate is judged here");
                break;
            case AlertType.Ntfy when config.Text("ntfyAuthenticationMethod") == "accessToken":
                Set(alert, "token", config.Text("ntfyaccesstoken"));
                break;
            case AlertType.Ntfy when config.Has("ntfyusername") && config.Text("ntfyAuthenticationMethod") != "none":
                Set(alert, "user", config.Text("ntfyusername"));
                Set(alert, "password", config.Text("ntfypassword"));
                break;
            case AlertType.Opsgenie when config.Number("opsgeniePriority") is { } priority:
                Set(alert, "priority", $"P{priority}");
                break;
            case AlertType.Webhook:
                imported.Note($"alert '{alert.Name}': what is posted is JSON of qu, not what Uptime Kuma posts");
                break;
        }

        if (config.Has("customSubject") || config.Has("customBody") || config.Has("ntfyCustomMessage") || config.Has("telegramTemplate"))
            imported.Note($"alert '{alert.Name}': its templates are left out: qu writes them in another way, see 'qu builder'");
    }
}
