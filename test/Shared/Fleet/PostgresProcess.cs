using System.Diagnostics;
using System.Security.Cryptography;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.Tests.Shared.Fleet;

/// <summary>A real PostgreSQL in a folder of its own, on loopback and behind a password, as a Controller elsewhere reaches it.</summary>
internal sealed class PostgresProcess : IAsyncDisposable
{
    private const string Versions = "/usr/lib/postgresql";
    private const string User = "postgres";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("uptrakit-pg-").FullName;
    private readonly LoggedProcess process = new("postgres");
    private readonly int port = Ports.Free();

    private PostgresProcess()
    {
    }

    /// <summary>Where Debian puts its programs; null when it is not installed.</summary>
    public static string? Programs => !Directory.Exists(Versions) ? null : Directory.GetDirectories(Versions)
        .Select(static version => Path.Combine(version, "bin")).Where(static bin => File.Exists(Path.Combine(bin, "initdb"))).Order().LastOrDefault();

    public string Password { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    /// <summary>As it is given to <c>--database-file</c>.</summary>
    public string Connection => $"postgres://{User}:{Password}@127.0.0.1:{port}/{User}";

    public static async Task<PostgresProcess> StartAsync(CancellationToken cancel)
    {
        PostgresProcess server = new();
        try
        {
            await server.MakeAsync(cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it as a machine that is shut down does.</summary>
    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task MakeAsync(CancellationToken cancel)
    {
        string secret = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(secret, Password + "\n", cancel);
        if (Environment.IsPrivilegedProcess)
            (await Ran.OfAsync(new ProcessStartInfo("chown", ["-R", User, folder]), cancel)).Expect(0);
        string data = Path.Combine(folder, "data");
        (await Ran.OfAsync(AsUser("initdb", "-D", data, "-U", User, "--auth=scram-sha-256", $"--pwfile={secret}", "--no-sync"), cancel)).Expect(0);
        process.Launch(AsUser("postgres", "-D", data, "-k", folder, "-c", "listen_addresses=127.0.0.1", "-p", $"{port}", "-c", "fsync=off", "-c", "max_connections=200"));
        await process.UntilAsync("PostgreSQL is ready", _ => Task.FromResult(
            process.Log.Any(static line => line.Contains("ready to accept connections", StringComparison.Ordinal))), StartTime, cancel);
    }

    // It refuses to run as root.
    private ProcessStartInfo AsUser(string program, params string[] arguments)
    {
        string path = Path.Combine(Programs!, program);
        ProcessStartInfo start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.WorkingDirectory = folder;
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}
