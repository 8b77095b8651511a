using System.Diagnostics;

namespace Uptrakit.Tests.Shared.Fleet;

/// <summary>Executables of ours as `make build` leaves them.</summary>
internal static class Executable
{
    /// <summary>A run of one: what this environment says to our programs does not reach it.</summary>
    public static ProcessStartInfo Start(string name, string folder, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(PathOf(name), arguments) { WorkingDirectory = folder };
        string[] ours = [.. start.Environment.Keys.Where(static n => n.StartsWith("UPTRAKIT_", StringComparison.Ordinal))];
        foreach (string variable in ours)
            start.Environment.Remove(variable);
        foreach (string variable in (string[])["JOURNAL_STREAM", "SSL_CERT_FILE", "SSL_CERT_DIR"])
            start.Environment.Remove(variable);
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(folder, "config");
        start.Environment["XDG_STATE_HOME"] = Path.Combine(folder, "state");
        start.Environment["HOME"] = folder;
        return start;
    }

    /// <summary>UPTRAKIT_BIN names the folder; else artifacts/bin of the checkout that the tests were built in.</summary>
    private static string PathOf(string name)
    {
        if (Environment.GetEnvironmentVariable("UPTRAKIT_BIN") is { Length: > 0 } given)
            return Path.Combine(given, name);
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Uptrakit.slnx")))
                return Path.Combine(at.FullName, "artifacts", "bin", name);
        }

        throw new InvalidOperationException($"where {name} is, nobody said: set UPTRAKIT_BIN");
    }
}
