namespace Uptrakit.Cli.Configuration;

/// <summary>Where the configuration lies (XDG Base Directory Specification).</summary>
internal static class ConfigPlace
{
    /// <summary>Null when neither XDG_CONFIG_HOME nor HOME says where.</summary>
    internal static string? Of(Func<string, string?> variable)
    {
        // "All paths set in these environment variables must be absolute. If [not] … ignore it": the specification.
        string? root = variable("XDG_CONFIG_HOME") is string given && Path.IsPathRooted(given)
            ? given
            : variable("HOME") is string home && Path.IsPathRooted(home) ? Path.Combine(home, ".config") : null;
        return root is null ? null : Path.Combine(root, "uptrakit", "config.json");
    }
}
