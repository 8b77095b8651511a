using System.Diagnostics;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>A real Knot DNS with zones of ours, as an ordinary process in a folder of its own.</summary>
internal sealed class Knot : IAsyncDisposable
{
    private const string Program = "/usr/sbin/knotd";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);
    private readonly ScratchFolder folder = new();
    private readonly LoggedProcess process = new("knotd");
    private readonly int port = Ports.Free();

    public static void SkipWhereMissing() => Assert.SkipUnless(File.Exists(Program), "knotd is not installed (Debian: knot)");

    /// <summary>As it is given to an option.</summary>
    public string Address => $"127.0.0.1:{port}";

    /// <param name="zones">The text of each zone; null: the server is to serve it and has no file of it.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task StartAsync(IReadOnlyDictionary<string, string?> zones, CancellationToken cancel)
    {
        foreach (string part in (string[])["zones", "run", "db"])
            Directory.CreateDirectory(folder[part]);
        foreach ((string zone, string? text) in zones.Where(static each => each.Value is not null))
            await File.WriteAllTextAsync(Path.Combine(folder["zones"], zone), text, cancel);
        await File.WriteAllTextAsync(folder["knot.conf"], $"""
            server:
              rundir: {folder["run"]}
              listen: 127.0.0.1@{port}
              udp-workers: 1
              tcp-workers: 1
              background-workers: 1
            database:
              storage: {folder["db"]}
              journal-db-max-size: 32M
            log:
              - target: stderr
                any: info
            template:
              - id: default
                storage: {folder["zones"]}
                zonefile-sync: -1
                zonefile-load: whole
                journal-content: none
            zone:
            {string.Concat(zones.Keys.Select(static zone => $"  - domain: {zone}\n    file: {zone}\n"))}
            """, cancel);
        process.Launch(new ProcessStartInfo(Program, ["-c", folder["knot.conf"]]) { WorkingDirectory = folder.Path });
        await process.UntilAsync("knotd has loaded its zones", _ => Task.FromResult(zones.Where(static each => each.Value is not null).All(each =>
            process.Log.Any(line => line.Contains($"[{each.Key}.] loaded", StringComparison.Ordinal)
                || line.Contains($"[{each.Key}.] zone file parsed", StringComparison.Ordinal)))), StartTime, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
