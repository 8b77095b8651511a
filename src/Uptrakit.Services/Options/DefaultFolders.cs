using Uptrakit.Trust.Files;

namespace Uptrakit.Services.Options;

/// <summary>Where a Service keeps its things when nobody says: the places of the system for root, those of the user for a user.</summary>
internal static class DefaultFolders
{
    public static string Config(Func<string, string?> variable) => PrivateFolder.CurrentUser == 0
        ? "/etc/uptrakit"
        : Path.Combine(Home(variable, "XDG_CONFIG_HOME", ".config"), "uptrakit");

    public static string State(Func<string, string?> variable, string program) => PrivateFolder.CurrentUser == 0
        ? $"/var/lib/{program}"
        : Path.Combine(Home(variable, "XDG_STATE_HOME", ".local/state"), program);

    // XDG Base Directory: a path that is not absolute is to be ignored.
    private static string Home(Func<string, string?> variable, string name, string below) =>
        variable(name) is ['/', ..] given ? given : Path.Combine(variable("HOME") is ['/', ..] home ? home : "/", below);
}
