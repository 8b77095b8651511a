using System.Diagnostics;
using Npgsql;
using Uptrakit.Trust.Files;

namespace Uptrakit.Tests.Fleet;

/// <summary>A real PostgreSQL on a unix socket in a scratch folder, from Debian's binaries; shared by the tests of the collection.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Versions = "/usr/lib/postgresql";
    private const string User = "postgres";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly string folder = Directory.CreateTempSubdirectory("uptrakit-pg-").FullName;
    private Process? server;
    private int databases;

    /// <summary>Why there is none; null when it runs.</summary>
    public string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        string? binaries = Directory.Exists(Versions)
            ? Directory.GetDirectories(Versions).Select(static version => Path.Combine(version, "bin")).Where(Directory.Exists).Order().LastOrDefault()
            : null;
        if (binaries is null)
        {
            Missing = "PostgreSQL is not installed: apt-get install postgresql";
            return;
        }

        if (PrivateFolder.CurrentUser == 0)
            await RunAsync("chown", User, folder);
        await RunAsUserAsync(Path.Combine(binaries, "initdb"), "-D", Path.Combine(folder, "data"), "-A", "trust", "-U", User, "--no-sync");
        server = Start(AsUser(Path.Combine(binaries, "postgres"),
            "-D", Path.Combine(folder, "data"), "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"));
        long begin = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (server.HasExited || TimeProvider.System.GetElapsedTime(begin) > StartTime)
                throw new InvalidOperationException("PostgreSQL did not start");
            await Task.Delay(50);
        }
    }

    /// <summary>The connection string of a new, empty database; skips the test where there is no PostgreSQL.</summary>
    public async Task<string> DatabaseAsync(CancellationToken cancel)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        string name = $"hub{Interlocked.Increment(ref databases)}";
        await using NpgsqlConnection connection = new(Connection("postgres"));
        await connection.OpenAsync(cancel);
        await using NpgsqlCommand create = new($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync(cancel);
        return Connection(name);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (server is { HasExited: false })
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
        }

        server?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string Connection(string database) => $"Host={folder};Username={User};Database={database};Maximum Pool Size=20";

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using NpgsqlConnection connection = new(Connection("postgres"));
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static Task RunAsUserAsync(string program, params string[] arguments) => RunAsync(AsUser(program, arguments));

    private static Task RunAsync(string program, params string[] arguments) => RunAsync([program, .. arguments]);

    // The server refuses to run as root.
    private static string[] AsUser(string program, params string[] arguments) => PrivateFolder.CurrentUser == 0
        ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", program, .. arguments]
        : [program, .. arguments];

    private static async Task RunAsync(string[] command)
    {
        using Process process = Start(command);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}");
    }

    private static Process Start(string[] command)
    {
        ProcessStartInfo start = new(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (string argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} cannot be started");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}

[CollectionDefinition(nameof(PostgresServer))]
public sealed class PostgresTestGroup : ICollectionFixture<PostgresServer>;
