using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary><c>cluster.yaml</c> in somebody's editor.</summary>
[Collection(nameof(MemberCluster))]
public sealed class HandEditTests(SharedCluster shared) : ClusterTest(shared)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Edit_OnAFollower_IsTakenByAll()
    {
        TestNode at = Followers[0];
        string name = Make.Name("by-hand");
        await FreshViewAsync(at);

        await WriteAsync(at, WithCheck(await TextAsync(at), name));

        foreach (TestNode node in Cluster.Nodes)
            await Until.TrueAsync($"{node} has the check", async c => (await TestCluster.ReadAsync(node, c)).Checks.Any(k => k.Name == name), Soon, Cancel);
        await Until.TrueAsync("the view shows the id it was given", async _ => (await TextAsync(at)).Contains($"name: {name}\n    type", StringComparison.Ordinal), Soon, Cancel);
        Assert.Empty(Rejected(at));
    }

    [Theory]
    [InlineData("not yaml", "\t{{{ not yaml")]
    [InlineData("unknown field", "\ncolour: blue\n")]
    [InlineData("unknown check field", "CHECK\n    colour: blue\n")]
    public async Task Edit_ThatMakesNoSense_IsKeptAsideAndChangesNothing(string what, string appended)
    {
        TestNode at = Followers[0];
        await FreshViewAsync(at);
        string before = await TextAsync(at);
        long version = (await TestCluster.ReadAsync(at, Cancel)).Version;
        string name = Make.Name("bad");
        string edited = appended.StartsWith("CHECK", StringComparison.Ordinal)
            ? WithCheck(before, name, appended["CHECK\n".Length..])
            : WithCheck(before, name) + appended;

        await WriteAsync(at, edited);

        await RejectedAsync(at, edited);
        await Until.TrueAsync($"the view is restored ({what})", async _ => Lasting(await TextAsync(at)) == Lasting(before), Soon, Cancel);
        Assert.Equal(version, (await TestCluster.ReadAsync(at, Cancel)).Version);
        Assert.DoesNotContain((await TestCluster.ReadAsync(Leader, Cancel)).Checks, c => c.Name == name);
    }

    [Fact]
    public async Task Edit_FromAnOlderVersionOfWhatSomebodyElseChanged_IsKeptAside()
    {
        TestNode at = Followers[0];
        string name = Make.Name("contested");
        string id = (await TestCluster.ChangeAsync(at, Make.IdleCheck(name), Cancel)).Outcome.Id;
        await Until.TrueAsync("the view has it", async _ => (await TextAsync(at)).Contains(name, StringComparison.Ordinal), Soon, Cancel);
        await FreshViewAsync(at);
        string old = await TextAsync(at);
        Check check = (await TestCluster.ReadAsync(at, Cancel)).Checks.Single(c => c.Id == id).Clone();
        check.Target = "127.0.0.1:11";
        await TestCluster.ChangeAsync(at, new Command { PutCheck = new PutCheck { Check = check, ExpectedChangedIn = check.ChangedIn } }, Cancel);
        await Until.TrueAsync("the view moved on", async _ => (await TextAsync(at)).Contains("127.0.0.1:11", StringComparison.Ordinal), Soon, Cancel);
        await FreshViewAsync(at);

        string edited = old.Replace($"name: {name}", $"name: {name}-mine", StringComparison.Ordinal);
        await WriteAsync(at, edited);

        await RejectedAsync(at, edited);
        Check now = (await TestCluster.ReadAsync(Leader, Cancel)).Checks.Single(c => c.Id == id);
        Assert.Equal((name, "127.0.0.1:11"), (now.Name, now.Target));
    }

    [Fact]
    public async Task Edit_FromAnOlderVersionOfSomethingElse_IsMerged()
    {
        TestNode at = Followers[0];
        await FreshViewAsync(at);
        string old = await TextAsync(at);
        string others = Make.Name("others");
        await TestCluster.ChangeAsync(Leader, Make.IdleCheck(others), Cancel);
        await Until.TrueAsync("the view moved on", async _ => (await TextAsync(at)).Contains(others, StringComparison.Ordinal), Soon, Cancel);
        await FreshViewAsync(at);
        string mine = Make.Name("mine");

        await WriteAsync(at, WithCheck(old, mine));

        await Until.TrueAsync("both are there", async c =>
            (await TestCluster.ReadAsync(Leader, c)).Checks.Count(k => k.Name == mine || k.Name == others) == 2, Soon, Cancel);
        Assert.Empty(Rejected(at));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (string kept in Cluster.Nodes.SelectMany(Rejected))
            File.Delete(kept);
    }

    private static string WithCheck(string view, string name, string more = "")
    {
        string check = $"  - name: {name}\n    type: tcp\n    enabled: false\n    target: 127.0.0.1:9\n{more}";
        return view.Contains("\nchecks: []\n", StringComparison.Ordinal)
            ? view.Replace("\nchecks: []\n", $"\nchecks:\n{check}", StringComparison.Ordinal)
            : view.Replace("\nchecks:\n", $"\nchecks:\n{check}", StringComparison.Ordinal);
    }

    private static Task<string> TextAsync(TestNode at) => File.ReadAllTextAsync(at.ClusterFile, Cancel);

    /// <summary>As editors save: a new file in the old one's place.</summary>
    private static async Task WriteAsync(TestNode at, string text)
    {
        string temporary = Path.Combine(at.Folder, "cluster.yaml.editing");
        await File.WriteAllTextAsync(temporary, text, Cancel);
        File.Move(temporary, at.ClusterFile, overwrite: true);
    }

    /// <summary>Waits until the file shows the newest version, so that it is not written anew under the editor's hands.</summary>
    private async Task FreshViewAsync(TestNode at)
    {
        await Cluster.AgreeAsync(Cancel);
        long version = (await TestCluster.ReadAsync(at, Cancel)).Version;
        await Until.TrueAsync($"cluster.yaml shows version {version}", async _ =>
            File.Exists(at.ClusterFile) && (await TextAsync(at)).Contains($"\nversion: {version}\n", StringComparison.Ordinal), Soon, Cancel);
    }

    private static string[] Rejected(TestNode at) => Directory.GetFiles(at.Folder, "cluster.yaml.rejected-*");

    private static async Task RejectedAsync(TestNode at, string edited)
    {
        await Until.TrueAsync("the edit is kept aside", () => Rejected(at).Length > 0, Soon, Cancel);
        Assert.Equal(edited, await File.ReadAllTextAsync(Assert.Single(Rejected(at)), Cancel));
        string kept = Path.GetFileName(Rejected(at)[0]);
        await Until.TrueAsync("the log says why", () => at.Log.Any(line => line.Contains(kept, StringComparison.Ordinal)), Soon, Cancel);
    }

    /// <summary>Without the enrollments: a token of an earlier test may run out at any moment, which is no change of the configuration.</summary>
    private static string Lasting(string view) => view[..view.IndexOf("\npending_enrollments:", StringComparison.Ordinal)];
}
