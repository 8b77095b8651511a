using Uptrakit.Quorum.State;
using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>The configuration as a file, from its first line to the cluster that is built from a backup.</summary>
[Collection(nameof(CalmCluster))]
public sealed class ConfigurationTests(SharedCluster shared) : ClusterTest(shared)
{
    private const string First = """
        resolvers: ["192.0.2.53"]
        alerts:
          - {name: ops, type: webhook, url: "http://127.0.0.1:9/geheim", secret: geheim, default: true}
        checks:
          - {name: leaf, type: tcp, target: "127.0.0.1:9", enabled: false, parents: [root], tags: [a, b]}
          - {name: root, type: http, target: "http://127.0.0.1:9/", enabled: false, bearer: geheim, alerts: [ops]}
          - {name: beats, type: push, key_sha256: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", interval: 1h}
        maintenance:
          - {name: nightly, cron: "30 2 * * *", zone: UTC, lasts: 45m, checks: [root]}
        """;

    [Fact]
    public async Task File_AppliedChangedPrunedAndExported_OnAFollower_IsWhatTheClusterHas()
    {
        TestNode at = Followers[0];
        using Scratch scratch = new();
        string file = await scratch.WriteAsync("qu.yaml", First);

        Ran dry = (await at.RunAsync(Cancel, "apply", "-f", file, "--dry-run")).Expect(0);
        Assert.Empty((await TestCluster.ReadAsync(Leader, Cancel)).Checks);
        Ran applied = (await at.RunAsync(Cancel, "apply", "-f", file)).Expect(0);
        Assert.Equal(dry.Output, applied.Output);
        Assert.DoesNotContain("geheim", applied.Output + applied.Errors, StringComparison.Ordinal);
        Assert.Contains("no changes", (await at.RunAsync(Cancel, "apply", "-f", file)).Expect(0).Errors, StringComparison.Ordinal);

        await scratch.WriteAsync("qu.yaml", First.Replace("bearer: geheim", "bearer: geheimer, interval: 10s", StringComparison.Ordinal));
        Ran changed = (await at.RunAsync(Cancel, "apply", "-f", file, "--json")).Expect(0);
        Assert.Equal((0, 1, 0, true), (changed.Json().GetProperty("add").GetInt32(), changed.Json().GetProperty("change").GetInt32(),
            changed.Json().GetProperty("remove").GetInt32(), changed.Json().GetProperty("applied").GetBoolean()));
        Assert.DoesNotContain("geheim", changed.Output, StringComparison.Ordinal);
        Assert.False((await CheckAsync("root")).Http.Bearer.Sealed.IsEmpty);
        Assert.Contains("bearer: geheimer", (await at.RunAsync(Cancel, "export", "--secrets")).Expect(0).Output, StringComparison.Ordinal);

        string exported = await scratch.WriteAsync("exported.yaml", (await at.RunAsync(Cancel, "export")).Expect(0).Output);
        Assert.DoesNotContain("geheim", await File.ReadAllTextAsync(exported, Cancel), StringComparison.Ordinal);
        Assert.Contains("no changes", (await at.RunAsync(Cancel, "apply", "-f", exported, "--prune")).Expect(0).Errors, StringComparison.Ordinal);

        await scratch.WriteAsync("qu.yaml", "resolvers: []\nalerts: []\nmaintenance: []\nchecks:\n  - {name: leaf, type: tcp, target: \"127.0.0.1:9\", enabled: false}\n");
        (await at.RunAsync(Cancel, "apply", "-f", file, "--prune")).Expect(0);
        ReadReply left = await TestCluster.ReadAsync(Leader, Cancel);
        Assert.Equal(("leaf", 0, 0), (string.Join(' ', left.Checks.Select(check => check.Name)), left.Alerts.Count, left.Resolvers.Count));
        Assert.Empty(Assert.Single(left.Checks).ParentIds);
    }

    [Fact]
    public async Task File_ThatIsWrong_ChangesNothingAndNamesEachLine()
    {
        using Scratch scratch = new();
        string file = await scratch.WriteAsync("bad.yaml", "checks:\n  - {name: a, type: tcp, target: nowhere}\n  - {name: b, type: icmp, target: 192.0.2.1, alerts: [nobody]}\n");
        long version = (await TestCluster.ReadAsync(Leader, Cancel)).Version;

        Ran ran = (await Leader.RunAsync(Cancel, "apply", "-f", file)).Expect(2);

        Assert.Contains($"{file}:2:34: target: ", ran.Errors, StringComparison.Ordinal);
        Assert.Contains($"{file}:3:55: alerts: there is no alert 'nobody'", ran.Errors, StringComparison.Ordinal);
        Assert.Equal(version, (await TestCluster.ReadAsync(Leader, Cancel)).Version);
    }

    [Fact]
    public async Task Check_ThatCannotBeProbed_IsRefusedByEveryWayIn()
    {
        string name = Make.Name("regex");

        Ran added = (await Followers[0].RunAsync(Cancel, "check", "add", "http", name, "http://127.0.0.1:9/", "--expect-json", "$.a matches (")).Expect(2);

        Assert.Contains("cannot be probed", added.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain((await TestCluster.ReadAsync(Leader, Cancel)).Checks, check => check.Name == name);
    }

    [Fact]
    public async Task Window_AskedForOnAFollower_IsTaken()
    {
        string name = Make.Name("window");

        (await Followers[0].RunAsync(Cancel, "maintenance", "add", name, "--for", "1h", "--all")).Expect(0);

        (await Followers[0].RunAsync(Cancel, "maintenance", "remove", name)).Expect(0);
    }

    /// <summary>As docs/operations.md tells it.</summary>
    [Fact]
    public async Task Cluster_ThatIsLost_ComesBackFromItsBackup()
    {
        using Scratch scratch = new();
        await using Target target = await Target.StartAsync();
        string backup = scratch.Path("qu.backup");
        string exported;
        string[] ids;
        await using (TestCluster lost = await TestCluster.FoundAsync(1, Cancel))
        {
            TestNode node = lost.Nodes[0];
            string file = await scratch.WriteAsync("qu.yaml", $"{First.Replace("checks:\n", $"checks:\n  - {{name: site, type: http, target: \"{target.Url}\", interval: 1s}}\n", StringComparison.Ordinal)}");
            (await node.RunAsync(Cancel, "apply", "-f", file)).Expect(0);
            await Until.TrueAsync("the site is up", async c => (await node.StatusAsync(c)).Checks.Any(row => row is { Name: "site", State: "up" }), TimeSpan.FromSeconds(30), Cancel);
            exported = (await node.RunAsync(Cancel, "export", "--secrets")).Expect(0).Output;
            ids = [.. (await TestCluster.ReadAsync(node, Cancel)).Checks.Select(check => check.Id)];
            (await node.RunAsync(Cancel, "backup", "-o", backup)).Expect(0);
            (await node.RunAsync(Cancel, "restore", backup, "-y")).Expect(1);
            await node.Kill9Async(Cancel);
        }

        // Everything of it is gone; the site breaks while nobody looks.
        target.Break();
        await using TestCluster rebuilt = await TestCluster.FoundAsync(1, Cancel);
        TestNode first = rebuilt.Nodes[0];
        byte[] good = await File.ReadAllBytesAsync(backup, Cancel);
        await File.WriteAllBytesAsync(scratch.Path("damaged"), [.. good[..^1], (byte)(good[^1] ^ 1)], Cancel);
        Assert.Contains("damaged", (await first.RunAsync(Cancel, "restore", scratch.Path("damaged"), "-y")).Expect(1).Errors, StringComparison.Ordinal);
        (await first.RunAsync(Cancel, "restore", backup, "-y")).Expect(0);

        Assert.Equal(ids, (await TestCluster.ReadAsync(first, Cancel)).Checks.Select(check => check.Id));
        Assert.Equal(Lines(exported), Lines((await first.RunAsync(Cancel, "export", "--secrets")).Expect(0).Output));
        await Until.TrueAsync("what broke meanwhile is seen", async c => (await first.StatusAsync(c)).Checks.Any(row => row is { Name: "site", State: "down" }), TimeSpan.FromSeconds(30), Cancel);
        // It was known to be up: that it is down now is told.
        await Until.TrueAsync("and told", async c => (await first.StatusAsync(c)).Outbox > 0, TimeSpan.FromSeconds(10), Cancel);
        await rebuilt.GrowAsync(1, Cancel);
        Assert.Equal(ids.Length, (await TestCluster.ReadAsync(rebuilt.Nodes[1], Cancel)).Checks.Count);
    }

    private async Task<Check> CheckAsync(string name) => (await TestCluster.ReadAsync(Leader, Cancel)).Checks.Single(check => check.Name == name);

    /// <summary>Without the comments, which name the version.</summary>
    private static string[] Lines(string yaml) => [.. yaml.Split('\n').Where(line => !line.StartsWith('#'))];

    private sealed class Scratch : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("qu-config-").FullName;

        public string Path(string name) => System.IO.Path.Combine(folder, name);

        public async Task<string> WriteAsync(string name, string text)
        {
            await File.WriteAllTextAsync(Path(name), text, Cancel);
            return Path(name);
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
