using System.Runtime.InteropServices;

namespace Uptrakit.Qu.Commands;

/// <summary>Where the daemon keeps its state and where it listens for commands.</summary>
internal sealed partial record QuPaths(string DataFolder, string Socket)
{
    /// <summary>The paths of this process: from QUPTIME_DIR and QUPTIME_SOCKET, else the places of its user.</summary>
    internal static QuPaths OfProcess() => Of(Environment.GetEnvironmentVariable, EffectiveUserId());

    internal static QuPaths Of(Func<string, string?> variable, uint userId)
    {
        // An empty variable is one that was meant to be unset.
        string? Named(string name) => variable(name) is { Length: > 0 } value ? value : null;

        string home = Named("HOME") ?? "/";
        string data = Named("QUPTIME_DIR") ?? (userId == 0
            ? "/etc/quptime"
            : Path.Combine(Named("XDG_CONFIG_HOME") ?? Path.Combine(home, ".config"), "quptime"));
        string socket = Named("QUPTIME_SOCKET") ?? (userId == 0
            ? "/var/run/quptime/quptime.sock"
            : Path.Combine(Named("XDG_RUNTIME_DIR") ?? $"/run/user/{userId}", "quptime", "quptime.sock"));
        return new QuPaths(data, socket);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUserId();
}
