namespace Uptrakit.Quorum.State;

/// <summary>The words that files and commands use for the enumerations of the state.</summary>
internal static class Kinds
{
    public static string Text(CheckType type) => type switch
    {
        CheckType.Http => "http",
        CheckType.Tcp => "tcp",
        CheckType.Icmp => "icmp",
        CheckType.Tls => "tls",
        CheckType.Dns => "dns",
        CheckType.Push => "push",
        // A newer node may have put it there.
        _ => $"type-{(int)type}",
    };

    public static string Text(AlertType type) => type switch
    {
        AlertType.Webhook => "webhook",
        AlertType.Discord => "discord",
        AlertType.Smtp => "smtp",
        AlertType.Slack => "slack",
        AlertType.Teams => "teams",
        AlertType.Telegram => "telegram",
        AlertType.Ntfy => "ntfy",
        AlertType.Gotify => "gotify",
        AlertType.Pushover => "pushover",
        AlertType.Matrix => "matrix",
        AlertType.Pagerduty => "pagerduty",
        AlertType.Opsgenie => "opsgenie",
        AlertType.Exec => "exec",
        _ => $"type-{(int)type}",
    };

    public static string Text(Role role) => role switch
    {
        Role.Voter => "voter",
        Role.Probe => "probe",
        _ => $"role-{(int)role}",
    };

    public static string Text(CheckState state) => state switch
    {
        CheckState.Up => "up",
        CheckState.Down => "down",
        CheckState.Warn => "warn",
        CheckState.Degraded => "degraded",
        CheckState.Maintenance => "maintenance",
        _ => "unknown",
    };

    /// <summary>The types of checks that this version knows.</summary>
    public static IReadOnlyList<CheckType> CheckTypes { get; } =
        [CheckType.Http, CheckType.Tcp, CheckType.Icmp, CheckType.Tls, CheckType.Dns, CheckType.Push];

    /// <summary>The types of alerts that this version knows.</summary>
    public static IReadOnlyList<AlertType> AlertTypes { get; } =
    [
        AlertType.Smtp, AlertType.Discord, AlertType.Webhook, AlertType.Slack, AlertType.Teams, AlertType.Telegram, AlertType.Ntfy, AlertType.Gotify,
        AlertType.Pushover, AlertType.Matrix, AlertType.Pagerduty, AlertType.Opsgenie, AlertType.Exec,
    ];

    public static bool TryParse(string? text, out CheckType type)
    {
        type = CheckTypes.FirstOrDefault(known => Text(known) == text);
        return type != CheckType.Unspecified;
    }

    public static bool TryParse(string? text, out AlertType type)
    {
        type = AlertTypes.FirstOrDefault(known => Text(known) == text);
        return type != AlertType.Unspecified;
    }

    public static bool TryParse(string? text, out Role role)
    {
        role = text switch { "voter" => Role.Voter, "probe" => Role.Probe, _ => Role.Unspecified };
        return role != Role.Unspecified;
    }

    /// <summary>What an alert may be asked to tell.</summary>
    public static IReadOnlyList<CheckState> ToldStates { get; } = [CheckState.Down, CheckState.Warn, CheckState.Degraded];

    public static bool TryParse(string? text, out CheckState state)
    {
        state = ToldStates.FirstOrDefault(known => Text(known) == text);
        return state != CheckState.Unknown;
    }
}
