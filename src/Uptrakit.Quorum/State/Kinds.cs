namespace Uptrakit.Quorum.State;

/// <summary>The words that files and commands use for the enumerations of the state.</summary>
internal static class Kinds
{
    public static string Text(CheckType type) => type switch
    {
        CheckType.Http => "http",
        CheckType.Tcp => "tcp",
        // A newer node may have put it there.
        _ => $"type-{(int)type}",
    };

    public static string Text(AlertType type) => type switch
    {
        AlertType.Webhook => "webhook",
        AlertType.Discord => "discord",
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
        _ => "unknown",
    };

    public static bool TryParse(string? text, out CheckType type)
    {
        type = text switch { "http" => CheckType.Http, "tcp" => CheckType.Tcp, _ => CheckType.Unspecified };
        return type != CheckType.Unspecified;
    }

    public static bool TryParse(string? text, out AlertType type)
    {
        type = text switch { "webhook" => AlertType.Webhook, "discord" => AlertType.Discord, _ => AlertType.Unspecified };
        return type != AlertType.Unspecified;
    }

    public static bool TryParse(string? text, out Role role)
    {
        role = text switch { "voter" => Role.Voter, "probe" => Role.Probe, _ => Role.Unspecified };
        return role != Role.Unspecified;
    }
}
