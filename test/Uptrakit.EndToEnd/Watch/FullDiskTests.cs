using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>The history on a disk of its own that is full: a small file system that only the daemon sees.</summary>
public sealed class FullDiskTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disk_OfTheHistoryFull_StopsNeitherProbesNorAlertsAndIsCaughtUpWith()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a file system is mounted by root only");
        using RawReceiver receiver = new(static (_, _) => RawReceiver.Answer("200 OK"));
        await using Target target = await Target.StartAsync();
        await using TestCluster cluster = await TestCluster.FoundOnAsync(static founded =>
        {
            TestNode node = founded.NewNode();
            string disk = Directory.CreateDirectory(Path.Combine(founded.Root, "disk")).FullName;
            // A mount of the daemon's own: nobody else on this machine sees it, and it ends with the process.
            node.Wrapper = ["unshare", "--mount", "sh", "-c", $"mount -t tmpfs -o size=1m,mode=700 tmpfs '{disk}' && exec \"$@\"", "sh"];
            return [node];
        }, Cancel);
        TestNode node = cluster.Nodes[0];
        try
        {
            await LayAsync(cluster, node);
            string inside = $"/proc/{node.ProcessId}/root{Path.Combine(cluster.Root, "disk")}";
            (await Operator.RunAsync(node, Cancel, "alert", "add", "webhook", "hook", "--url", receiver.Url)).Expect(0);
            (await Operator.RunAsync(node, Cancel, "check", "add", "http", "web", target.Url, "--interval", "1s", "--alerts", "hook")).Expect(0);
            await StateAsync(node, "up");

            Fill(inside);
            target.Break();
            await Until.TrueAsync("DOWN arrives", () => receiver.Of("DOWN").Count == 1, Patience, Cancel);
            target.Heal();
            await Until.TrueAsync("RECOVERED arrives", () => receiver.Of("RECOVERED").Count == 1, Patience, Cancel);
            await Until.TrueAsync("the log tells of it", () => Lines(node, 1702) > 0, Patience, Cancel);
            await StateAsync(node, "up");

            File.Delete(Path.Combine(inside, "filler"));
            // Not after the minute of its pause but at once: what the file lacks is written before the daemon ends.
            string kept = Path.Combine(cluster.Root, "kept.db");
            using FileStream history = File.OpenRead(Path.Combine(inside, "history.db"));
            Assert.Equal(0, await node.StopAsync(Cancel));
            await using (FileStream copy = File.Create(kept))
                await history.CopyToAsync(copy, Cancel);

            Assert.Equal((1, 1), (Lines(node, 1702), Lines(node, 1703)));
            Assert.Equal(1L, await OutagesAsync(kept));
        }
        finally
        {
            Failure.Show(cluster);
        }
    }

    /// <summary>Puts the history on that disk, as an operator does who has one for it.</summary>
    private static async Task LayAsync(TestCluster cluster, TestNode node)
    {
        Assert.Equal(0, await node.StopAsync(Cancel));
        foreach (string old in Directory.GetFiles(node.Folder, "history.db*"))
            File.Delete(old);
        File.CreateSymbolicLink(Path.Combine(node.Folder, "history.db"), Path.Combine(cluster.Root, "disk", "history.db"));
        await node.StartAsync(Cancel);
        await cluster.LeaderAsync(Cancel);
    }

    private static void Fill(string folder)
    {
        byte[] block = new byte[4096];
        using FileStream filler = new(Path.Combine(folder, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        try
        {
            while (true)
                filler.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static int Lines(TestNode node, int id) => node.Log.Count(line => line.Contains($"[{id}]", StringComparison.Ordinal));

    private static async Task<long> OutagesAsync(string path)
    {
        await using Microsoft.Data.Sqlite.SqliteConnection open = new($"Data Source={path};Mode=ReadOnly;Pooling=False");
        await open.OpenAsync(Cancel);
        await using Microsoft.Data.Sqlite.SqliteCommand count = open.CreateCommand();
        count.CommandText = "SELECT count(*) FROM outages WHERE to_ms IS NOT NULL";
        return (long)(await count.ExecuteScalarAsync(Cancel))!;
    }

    private static Task StateAsync(TestNode node, string state) => Until.TrueAsync(
        $"web is {state}", async c => (await node.StatusAsync(c)).Checks.FirstOrDefault()?.State == state, Patience, Cancel);
}
