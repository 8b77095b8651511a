using Uptrakit.Quorum.Alerts.Mail;
using Uptrakit.Quorum.Alerts.Programs;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.Alerts.Schema;

/// <summary>A type of alert: its word, what it is, and its fields.</summary>
internal sealed record AlertKind(AlertType Type, string Word, string Help, IReadOnlyList<AlertField> Fields)
{
    /// <summary>Whether it keeps one incident for each check: then each message must get through by itself.</summary>
    internal bool KeepsIncidents => Type is AlertType.Pagerduty or AlertType.Opsgenie;
}

/// <summary>What every type of alert knows: for the state machine, the files, the command line and the documentation.</summary>
internal static class AlertSchema
{
    private const int MostPerHour = 3600;

    /// <summary>Of an alert that waits.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);
    private const int MostRecipients = 50;

    internal static IReadOnlyList<AlertKind> All { get; } =
    [
        new(AlertType.Smtp, "smtp", "a mail",
        [
            Mail("host", true, "the mail server", "mail.example.org", FieldRules.Host),
            Mail("port", true, "its port: 587 for starttls, 465 for tls, 25 for none", "587", FieldRules.Range(1, 65535)),
            Mail("security", false, "starttls, tls or none; with starttls nothing is sent when the server does not offer it", "starttls",
                FieldRules.OneOf(SmtpOpening.None, SmtpOpening.StartTls, SmtpOpening.Tls)) with { Default = SmtpOpening.StartTls },
            Mail("from", true, "the sender", "qu@example.org", MailAddress.FaultOf),
            Mail("to", true, "the recipients", "ops@example.org", MailAddress.FaultOf) with { IsList = true },
            Mail("user", false, "to log in with", "qu", FieldRules.Text),
            Hidden("password", false, "to log in with", "file:/etc/quptime/secrets/smtp.password", FieldRules.Password),
        ]),
        new(AlertType.Discord, "discord", "a message in a Discord channel",
        [
            Hidden("url", true, "the webhook of the channel, from its settings, Integrations", "file:/etc/quptime/secrets/discord.url", FieldRules.SafeUrl),
        ]),
        new(AlertType.Webhook, "webhook", "a POST of JSON to a program of one's own",
        [
            Hidden("url", true, "where to", "https://hooks.example.org/uptrakit", FieldRules.Url),
            Hidden("secret", false, "the key of the HMAC-SHA256 signature", "file:/etc/quptime/secrets/hook.key", FieldRules.Password),
        ]),
        new(AlertType.Slack, "slack", "a message in a channel of Slack, Mattermost or Rocket.Chat",
        [
            Hidden("url", true, "the incoming webhook", "file:/etc/quptime/secrets/slack.url", FieldRules.SafeUrl),
        ]),
        new(AlertType.Teams, "teams", "a card in Microsoft Teams",
        [
            Hidden("url", true, "the URL of a workflow that begins with 'When a Teams webhook request is received'", "file:/etc/quptime/secrets/teams.url",
                FieldRules.SafeUrl),
        ]),
        new(AlertType.Telegram, "telegram", "a message of a Telegram bot",
        [
            Hidden("token", true, "of the bot, from @BotFather", "file:/etc/quptime/secrets/telegram.token", Token),
            Plain("chat", true, "the id of the chat, or @name of a public channel", "-1001234567890", Chat),
            Plain("thread", false, "the id of a topic in the chat", "7", FieldRules.Range(1, int.MaxValue)),
            Plain("silent", false, "true: without a sound", "true", FieldRules.OneOf("true", "false")) with { Default = "false" },
            Plain("url", false, "a Bot API server of one's own", "https://api.telegram.org", FieldRules.SafeUrl) with { Default = "https://api.telegram.org" },
        ]),
        new(AlertType.Ntfy, "ntfy", "a notification through ntfy.sh or a server of one's own",
        [
            Plain("topic", true, "where to publish; on ntfy.sh, who knows it reads along", "ops-7f3a", FieldRules.Word(64)),
            Plain("url", false, "the server", "https://ntfy.sh", FieldRules.Url) with { Default = "https://ntfy.sh" },
            Hidden("token", false, "an access token", "file:/etc/quptime/secrets/ntfy.token", FieldRules.Token),
            Plain("user", false, "in place of a token", "qu", NoColon),
            Hidden("password", false, "of the user", "file:/etc/quptime/secrets/ntfy.password", FieldRules.Password),
            Plain("priority", false, "of bad news, 1 to 5", "4", FieldRules.Range(1, 5)) with { Default = "4" },
        ]),
        new(AlertType.Gotify, "gotify", "a notification through a Gotify server",
        [
            Plain("url", true, "the server", "https://gotify.example.org", FieldRules.SafeUrl),
            Hidden("token", true, "of an application there", "file:/etc/quptime/secrets/gotify.token", FieldRules.Token),
            Plain("priority", false, "of bad news, 0 to 10", "8", FieldRules.Range(0, 10)) with { Default = "8" },
        ]),
        new(AlertType.Pushover, "pushover", "a notification through Pushover",
        [
            Hidden("token", true, "of an application", "file:/etc/quptime/secrets/pushover.token", FieldRules.Token),
            Hidden("user", true, "the key of a user or group", "file:/etc/quptime/secrets/pushover.user", FieldRules.Token),
            Plain("priority", false, "of bad news, -2 to 2; 2 repeats until somebody confirms", "1", FieldRules.Range(-2, 2)) with { Default = "0" },
            Plain("device", false, "one of the user's devices", "phone", FieldRules.Word(25)),
            Plain("sound", false, "a name of Pushover's list", "siren", FieldRules.Word(25)),
        ]),
        new(AlertType.Matrix, "matrix", "a message in a room of Matrix",
        [
            Plain("url", true, "the home server", "https://matrix.example.org", FieldRules.SafeUrl),
            Plain("room", true, "the internal id of the room, from its settings, Advanced; not its address", "!abcdef:example.org", Room),
            Hidden("token", true, "an access token of a user who has joined the room", "file:/etc/quptime/secrets/matrix.token", FieldRules.Token),
        ]),
        new(AlertType.Pagerduty, "pagerduty", "an incident of PagerDuty, resolved when the check recovers",
        [
            Hidden("routing_key", true, "the integration key of an Events API v2 integration", "file:/etc/quptime/secrets/pagerduty.key", FieldRules.Token),
            Plain("region", false, "us or eu", "eu", FieldRules.OneOf("us", "eu")) with { Default = "us" },
        ]),
        new(AlertType.Opsgenie, "opsgenie", "an alert of Opsgenie, closed when the check recovers",
        [
            Hidden("key", true, "of an API integration", "file:/etc/quptime/secrets/opsgenie.key", FieldRules.Token),
            Plain("region", false, "us or eu", "eu", FieldRules.OneOf("us", "eu")) with { Default = "us" },
            Plain("priority", false, "of bad news, P1 to P5", "P2", FieldRules.OneOf("P1", "P2", "P3", "P4", "P5")) with { Default = "P3" },
        ]),
        new(AlertType.Exec, "exec", "a program on the node that leads, if its own configuration names a folder for programs",
        [
            Plain("program", true, "the name of a file in that folder", "page-me", ProgramFolder.FaultOfName),
        ]),
    ];

    internal static AlertKind? Of(AlertType type) => All.FirstOrDefault(k => k.Type == type);

    /// <summary>Null, or one sentence: the field, what is wrong, what is allowed. Id and name are judged elsewhere.</summary>
    internal static string? FaultOf(Alert alert) => FaultsOf(alert).FirstOrDefault(static fault => fault is not null);

    /// <summary>All that is wrong with it; what is right is null.</summary>
    internal static IEnumerable<string?> FaultsOf(Alert alert)
    {
        if (Of(alert.Type) is not { } kind)
            return [$"type: is not known; {string.Join(", ", All.Select(k => k.Word))} are allowed"];
        return
        [
            FaultOfOthers(alert, kind),
            .. kind.Fields.Select(f => f.FaultOf(alert)),
            FaultOfTogether(alert),
            FaultOfLimit(alert, kind),
            FaultOfWaiting(alert),
            TemplateCheck.FaultOf("subject", alert.Subject),
            TemplateCheck.FaultOf("body", alert.Body),
        ];
    }

    // What nothing would read is a mistake, most often a misspelt name.
    private static string? FaultOfOthers(Alert alert, AlertKind kind)
    {
        string known = string.Join(", ", kind.Fields.Select(f => f.Name));
        foreach ((FieldPlace place, IEnumerable<string> names) in ((FieldPlace, IEnumerable<string>)[])
            [(FieldPlace.Setting, alert.Settings.Keys), (FieldPlace.Secret, alert.Secrets.Keys)])
        {
            // Sorted: a map has no order that all nodes share.
            foreach (string name in names.Order(StringComparer.Ordinal))
            {
                AlertField? field = kind.Fields.FirstOrDefault(f => f.Name == name);
                if (field is null)
                    return $"{Validation.Shown(name)}: is not known to {kind.Word}; {known} are";
                if (field.Place != place)
                    return place == FieldPlace.Setting ? $"{name}: is a secret and must be given as one" : $"{name}: is not a secret";
            }
        }

        if (alert.Smtp is not null && alert.Type != AlertType.Smtp)
            return $"host: is for smtp only; {kind.Word} knows {known}";
        if (alert.Url.Length > 0 && (alert.Secrets.ContainsKey("url") || !kind.Fields.Any(f => f is { Name: "url", Place: FieldPlace.Secret })))
            return alert.Secrets.ContainsKey("url") ? "url: is there twice" : $"url: is not known to {kind.Word} in this place";
        if (alert.Secret.Length > 0 && (alert.Secrets.ContainsKey("secret") || alert.Type != AlertType.Webhook))
            return alert.Type == AlertType.Webhook ? "secret: is there twice" : "secret: is for webhooks only";
        return null;
    }

    private static string? FaultOfTogether(Alert alert)
    {
        bool hasPassword = alert.Secrets.ContainsKey("password");
        if (alert.Type == AlertType.Ntfy)
        {
            bool hasUser = alert.Settings.ContainsKey("user");
            bool hasSecret = hasPassword || alert.Secrets.ContainsKey("token");
            if (hasUser != hasPassword)
                return hasUser ? "password: is missing for the user" : "user: is missing for the password";
            if (hasPassword && alert.Secrets.ContainsKey("token"))
                return "token: give either a token or a user and a password";
            return hasSecret && alert.Settings.TryGetValue("url", out string? url) && FieldRules.SafeUrl(url) is { } fault ? $"url: {fault}" : null;
        }

        if (alert.Type != AlertType.Smtp)
            return null;
        SmtpOptions mail = alert.Smtp ?? new SmtpOptions();
        if (mail.To.Count > MostRecipients)
            return $"to: {mail.To.Count} are given; at most {MostRecipients} are allowed";
        if ((mail.User.Length > 0) != hasPassword)
            return hasPassword ? "user: is missing for the password" : "password: is missing for the user";
        return hasPassword && mail.Security == SmtpOpening.None && !HostPort.IsLoopback(mail.Host)
            ? "security: none would send the password in clear; starttls and tls are allowed"
            : null;
    }

    private static string? FaultOfLimit(Alert alert, AlertKind kind)
    {
        if (alert.MostPerHour is < 0 or > MostPerHour)
            return $"most_per_hour: {alert.MostPerHour} is out of range; 0 (no limit) to {MostPerHour} are allowed";
        return alert.MostPerHour > 0 && kind.KeepsIncidents
            ? $"most_per_hour: is not for {kind.Word}, where an incident would stay open; it joins messages about one check by itself"
            : null;
    }

    private static string? FaultOfWaiting(Alert alert)
    {
        if (alert.AfterMs < 0 || alert.AfterMs > LongestWait.TotalMilliseconds)
            return $"after: {Durations.Format(alert.AfterMs)} is out of range; 0s (at once) to {Durations.Format(LongestWait)} are allowed";
        return alert.AfterMs > 0 && alert.On.Any(static state => state != CheckState.Down)
            ? "on: an alert with 'after' tells only what is down, and what ends that; leave one of the two away"
            : null;
    }

    private static AlertField Plain(string name, bool needed, string help, string example, Func<string, string?> check) =>
        new(name, FieldPlace.Setting, needed, help, example, check);

    private static AlertField Hidden(string name, bool needed, string help, string example, Func<string, string?> check) =>
        new(name, FieldPlace.Secret, needed, help, example, check);

    private static AlertField Mail(string name, bool needed, string help, string example, Func<string, string?> check) =>
        new(name, FieldPlace.Smtp, needed, help, example, check);

    private static string? Token(string value) =>
        value.Length <= 128 && value.Contains(':') && value.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_')
            ? null
            : "is not the token of a bot; it looks like 123456:ABC-def";

    private static string? Chat(string value) =>
        value.Length is > 1 and <= 64 && (value[0] == '@'
            ? value.Skip(1).All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            : value.TrimStart('-').All(char.IsAsciiDigit))
            ? null
            : $"'{Validation.Shown(value)}' is not a chat; a number such as -1001234567890, or @name of a public channel, is allowed";

    private static string? Room(string value) => value.Length is > 1 and <= 255 && value[0] == '!' && FieldRules.Token(value) is null
        ? null
        : $"'{Validation.Shown(value)}' is not the internal id of a room, which begins with '!'";

    // RFC 7617: the first colon ends the user.
    private static string? NoColon(string value) => value.Contains(':') ? "must not have a colon" : FieldRules.Text(value);
}
