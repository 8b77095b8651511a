using System.Security.Cryptography;
using System.Text;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>Who has the disks of all members, but not their keys, has no secret of an alert or a check.</summary>
[Collection(nameof(CalmCluster))]
public sealed class SealedSecretsTests(SharedCluster shared) : ClusterTest(shared)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(60);
    private readonly List<string> secrets = [];

    [Fact]
    public async Task Secrets_OfAlertsAndChecks_AreOnNoDisk_AndWorkAfterAJoinARemovalAndAnotherLeader()
    {
        await using Target target = await Target.StartAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        string hook = Make.Name("hook"), web = Make.Name("web"), signature = NewSecret(), byHand = Make.Name("by-hand");
        await AddAsync(target, receiver, hook, web, signature);
        await EditByHandAsync(byHand);

        await Cluster.GrowAsync(1, Cancel);
        TestNode joiner = Cluster.Nodes[^1];
        await SendsAsync(joiner, hook, receiver, signature);
        TestNode leader = await Cluster.LeaderAsync(Cancel);
        TestNode leaver = Cluster.Nodes.First(n => n != leader && n != joiner);
        string before = await SealedLineAsync(joiner, byHand);
        await Cluster.RemoveAsync(leaver.NodeId.ToString(), Cancel);
        await Cluster.WaitForVotersAsync(3, Cancel);
        await Until.TrueAsync("all is sealed anew", async _ => await SealedLineAsync(joiner, byHand) != before, s_soon, Cancel);

        await leader.Kill9Async(Cancel);
        target.Break();
        await Until.TrueAsync("the next leader tells it", _ => Task.FromResult(receiver.Of(web, "DOWN").Count > 0), s_soon, Cancel);
        Assert.True(receiver.Of(web, "DOWN")[0].IsSignedWith(signature));
        foreach (TestNode node in Cluster.Running)
            await SendsAsync(node, hook, receiver, signature);

        await ShowsNoneAsync(joiner, hook);
        foreach (TestNode node in Cluster.Nodes.Append(leaver))
        {
            // A running daemon locks its files.
            await node.Kill9Async(Cancel);
            Assert.Equal([], Found(node));
        }

        // What is looked for would be found: the name of the alert is in each of them, in clear.
        secrets.Add(hook);
        Assert.All(Cluster.Nodes, node => Assert.NotEmpty(Found(node)));
        await leaver.DisposeAsync();
    }

    private async Task AddAsync(Target target, WebhookReceiver receiver, string hook, string web, string signature)
    {
        string key = await FileAsync(signature), password = await FileAsync(NewSecret());
        (await Followers[0].RunAsync(
            Cancel, "alert", "add", "webhook", hook, "--url", $"{receiver.Url}?token={NewSecret()}", "--secret-file", key)).Expect(0);
        (await Leader.RunAsync(
            Cancel, "alert", "add", "smtp", Make.Name("mail"), "--host", "127.0.0.1", "--port", "9", "--from", "qu@example.org", "--to", "ops@example.org",
            "--user", "qu", "--password-file", password)).Expect(0);
        (await Followers[1].RunAsync(
            Cancel, "check", "add", "http", web, target.Url, "--interval", "2s", "--timeout", "2s", "--alerts", hook, "--bearer", NewSecret(),
            "--headers", $"X-Key: {NewSecret()}")).Expect(0);
        await Until.TrueAsync(
            "all see it up", async c => (await Leader.StatusAsync(c)).Checks.Any(row => row.Name == web && row is { State: "up", Ok: 3 }), s_soon, Cancel);
    }

    /// <summary>A secret that somebody writes into the file is sealed, and the file written anew.</summary>
    private async Task EditByHandAsync(string name)
    {
        TestNode at = Followers[0];
        await Cluster.AgreeAsync(Cancel);
        await Until.TrueAsync("the view is fresh", async c =>
            (await File.ReadAllTextAsync(at.ClusterFile, c)).Contains($"version: {(await TestCluster.ReadAsync(at, c)).Version}\n", StringComparison.Ordinal), s_soon, Cancel);
        string secret = NewSecret();
        string text = await File.ReadAllTextAsync(at.ClusterFile, Cancel);
        string mine = $"alerts:\n  - name: {name}\n    type: webhook\n    url: \"https://127.0.0.1:9/{NewSecret()}\"\n    secret: \"{secret}\"\n";
        await File.WriteAllTextAsync(at.ClusterFile, text.Replace("alerts:\n", mine, StringComparison.Ordinal), Cancel);
        await Until.TrueAsync("the file shows it sealed", async _ => (await SealedLineAsync(at, name)).Length > 0, s_soon, Cancel);
        Assert.DoesNotContain(secret, await File.ReadAllTextAsync(at.ClusterFile, Cancel), StringComparison.Ordinal);
    }

    private static async Task<string> SealedLineAsync(TestNode at, string alert)
    {
        string[] lines = await File.ReadAllLinesAsync(at.ClusterFile, Cancel);
        int name = Array.FindIndex(lines, line => line.EndsWith($"name: {alert}", StringComparison.Ordinal));
        return name < 0 ? "" : lines
            .Skip(name + 1)
            .TakeWhile(static line => !line.StartsWith("  - ", StringComparison.Ordinal))
            .FirstOrDefault(static line => line.Contains(" secret: ", StringComparison.Ordinal) && line.Contains("sealed:", StringComparison.Ordinal)) ?? "";
    }

    /// <summary>The node opens the secrets itself: the test message goes out from there.</summary>
    private static async Task SendsAsync(TestNode node, string hook, WebhookReceiver receiver, string signature)
    {
        int before = receiver.All.Count;
        await Until.TrueAsync($"{node} sends", async c => (await node.RunAsync(c, "alert", "test", hook)).ExitCode == 0, s_soon, Cancel);
        Assert.All(receiver.All.Skip(before), r => Assert.True(r.IsSignedWith(signature)));
        Assert.True(receiver.All.Count > before);
    }

    private async Task ShowsNoneAsync(TestNode node, string hook)
    {
        string[][] commands = [["alert", "list"], ["alert", "list", "--json"], ["check", "list"], ["check", "list", "--json"], ["status", "--json"]];
        foreach (string[] command in commands)
        {
            Ran ran = (await node.RunAsync(Cancel, command)).Expect(0);
            Assert.DoesNotContain(secrets, secret => (ran.Output + ran.Errors).Contains(secret, StringComparison.Ordinal));
        }

        Assert.Contains((await node.RunAsync(Cancel, "alert", "list", "--json")).Json().EnumerateArray(),
            alert => alert.GetProperty("name").GetString() == hook && alert.GetProperty("url").GetString() == "(sealed)");
    }

    private string NewSecret()
    {
        secrets.Add($"s3cr3t{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}");
        return secrets[^1];
    }

    private async Task<string> FileAsync(string secret)
    {
        string path = Path.Combine(Cluster.Root, Make.Name("secret"));
        await File.WriteAllTextAsync(path, secret, Cancel);
        return path;
    }

    /// <summary>Files of the data folder, without keys/, and lines of the log that hold a secret.</summary>
    private string[] Found(TestNode node)
    {
        byte[][] wanted = [.. secrets.Select(Encoding.UTF8.GetBytes)];
        string keys = Path.Combine(node.Folder, "keys") + "/";
        return
        [
            .. Directory.EnumerateFiles(node.Folder, "*", SearchOption.AllDirectories)
                .Where(path => !path.StartsWith(keys, StringComparison.Ordinal) && Holds(path, wanted)),
            .. node.Log.Where(line => secrets.Any(secret => line.Contains(secret, StringComparison.Ordinal))),
        ];
    }

    private static bool Holds(string path, byte[][] wanted)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] content = new byte[file.Length];
            file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return wanted.Any(secret => content.AsSpan().IndexOf(secret) >= 0);
        }
        catch (FileNotFoundException)
        {
            return false; // written anew meanwhile
        }
    }
}
