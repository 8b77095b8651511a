using Microsoft.Extensions.Time.Testing;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Alerts;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Daemon;

public sealed class ClusterFileSyncTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly NodeIdentity identity = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
    private readonly FakeTimeProvider clock = new();
    private readonly DataFolder folder;
    private readonly OneNode node;
    private readonly CollectingLogger<ClusterFileSync> logger = new();
    private ClusterFileSync sync;

    public ClusterFileSyncTests()
    {
        folder = new(scratch.Path);
        node = new(identity);
        node.PutCheck("web");
        node.PutCheck("shop");
        sync = Start(node);
    }

    private string Text
    {
        get => File.ReadAllText(folder.ClusterFile);
        set => File.WriteAllText(folder.ClusterFile, value);
    }

    private string[] Kept => Directory.GetFiles(scratch.Path, "cluster.yaml.rejected-*");

    public void Dispose()
    {
        sync.Dispose();
        identity.Dispose();
        scratch.Dispose();
    }

    private ClusterFileSync Start(OneNode of) => new(folder, of.Store, of.ProposeAsync, clock, logger);

    private Task StepAsync() => sync.StepAsync(TestContext.Current.CancellationToken);

    private Check Check(string name) => node.Store.State.Checks.TryFind(name, out Check? found) ? found : throw new InvalidOperationException(name);

    [Fact]
    public async Task Edit_OfACheck_IsTakenAndShown()
    {
        await StepAsync();
        Text = Text.Replace("interval: 30s", "interval: 45s", StringComparison.Ordinal);

        await StepAsync();

        Assert.Equal(45_000, Check("web").IntervalMs);
        Assert.Contains($"version: {node.Store.State.Version}", Text, StringComparison.Ordinal);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edit_WhileAnotherCheckChanged_IsMerged()
    {
        await StepAsync();
        string edited = Text.Replace("name: web", "name: site", StringComparison.Ordinal);
        node.PutCheck("shop", "https://shop.example.org/", Check("shop").Id);
        Text = edited;

        await StepAsync();

        Assert.Equal("https://example.org/", Check("site").Target);
        Assert.Equal("https://shop.example.org/", Check("shop").Target);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edit_OfWhatSomebodyElseChanged_IsRefusedAsAWholeAndKept()
    {
        await StepAsync();
        string edited = Text.Replace("name: web", "name: site", StringComparison.Ordinal);
        node.PutCheck("web", "https://other.example.org/", Check("web").Id);
        Text = edited;

        await StepAsync();

        Assert.Equal("https://other.example.org/", Check("web").Target);
        Assert.Equal(edited, await File.ReadAllTextAsync(Assert.Single(Kept), TestContext.Current.CancellationToken));
        Assert.Contains("other.example.org", Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checks: [")]
    [InlineData("frobs: 1\n")]
    [InlineData("")]
    public async Task Edit_ThatMakesNoSense_IsKeptAndChangesNothing(string broken)
    {
        await StepAsync();
        long version = node.Store.State.Version;
        Text = broken;

        await StepAsync();

        Assert.Equal(version, node.Store.State.Version);
        Assert.Empty(node.Proposed);
        Assert.Equal(broken, await File.ReadAllTextAsync(Assert.Single(Kept), TestContext.Current.CancellationToken));
        Assert.Contains("name: web", Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_NotUtf8_IsKeptAndNothingIsMangled()
    {
        await StepAsync();
        byte[] latin = System.Text.Encoding.Latin1.GetBytes(Text.Replace("name: web", "name: caf\u00e9", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(folder.ClusterFile, latin, TestContext.Current.CancellationToken);

        await StepAsync();

        Assert.Empty(node.Proposed);
        Assert.Equal(latin, await File.ReadAllBytesAsync(Assert.Single(Kept), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Edit_TwiceRefusedInOneSecond_KeepsBoth()
    {
        await StepAsync();
        Text = "one: 1";
        await StepAsync();
        Text = "two: 2";
        await StepAsync();

        Assert.Equal(2, Kept.Length);
    }

    [Fact]
    public async Task Edit_WithoutQuorum_IsKept()
    {
        await StepAsync();
        node.HasQuorum = false;
        string edited = Text.Replace("interval: 30s", "interval: 45s", StringComparison.Ordinal);
        Text = edited;

        await StepAsync();

        Assert.Equal(30_000, Check("web").IntervalMs);
        Assert.Equal(edited, await File.ReadAllTextAsync(Assert.Single(Kept), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Restart_UntouchedViewOfAnOlderVersion_IsNoEdit()
    {
        await StepAsync();
        sync.Dispose();
        // What this daemon never saw: the log that it starts with is newer than all versions in between.
        for (int i = 0; i < 100; i++)
            node.PutCheck($"more {i}");
        sync = Start(node);

        await StepAsync();

        Assert.Empty(node.Proposed);
        Assert.Empty(Kept);
        Assert.Contains("more 99", Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_EditMadeWhileDown_IsTakenOnceTheLogIsRead()
    {
        await StepAsync();
        sync.Dispose();
        Text = Text.Replace("interval: 30s", "interval: 45s", StringComparison.Ordinal);
        AppliedState last = node.Store.Current;
        node.Store.Replace(new AppliedState(1, 1, last.Cluster with { Version = 1 }));
        sync = Start(node);
        string edited = Text;

        await StepAsync(); // knows less than the file: nothing is decided yet
        Assert.Equal(edited, Text);
        node.Store.Replace(last);
        await StepAsync();

        Assert.Equal(45_000, Check("web").IntervalMs);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edit_FromAVersionThatNeverComes_IsKeptInTheEnd()
    {
        await StepAsync();
        Text = Text.Replace($"version: {node.Store.State.Version}", "version: 999", StringComparison.Ordinal);
        await StepAsync();
        Assert.Empty(Kept);

        clock.Advance(TimeSpan.FromMinutes(1));
        await StepAsync();

        Assert.Single(Kept);
    }

    /// <summary>An editor that makes a new file gives it the mode that all its files have, and what is refused may hold secrets in clear.</summary>
    [Fact]
    public async Task Edit_ThatIsRefused_IsKeptForItsOwnerAlone_AndTheLogSaysWhy()
    {
        await StepAsync();
        Text = "one: 1";
        File.SetUnixFileMode(folder.ClusterFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        await StepAsync();

        string kept = Assert.Single(Kept);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        Assert.Equal("one: 1", await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken));
        Assert.Contains(logger.Lines, line => line.StartsWith("1606 ", StringComparison.Ordinal) && line.Contains($"{kept}, with the secrets in it in clear", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Edits_ThatAreRefusedAgainAndAgain_AreKeptTenAtMost_AndTheLastAlways(int seconds)
    {
        clock.SetUtcNow(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await StepAsync();
        for (int i = 1; i <= 13; i++)
        {
            if (seconds > 0)
                clock.Advance(TimeSpan.FromSeconds(seconds));
            else
                clock.AdjustTime(clock.GetUtcNow().AddSeconds(seconds));
            Text = $"edit: {i}";
            await StepAsync();
            Assert.Contains(Kept, kept => File.ReadAllText(kept) == $"edit: {i}");
        }

        Assert.Equal(10, Kept.Length);
        if (seconds > 0)
            Assert.DoesNotContain(Kept, kept => File.ReadAllText(kept) is "edit: 1" or "edit: 2" or "edit: 3");
        Assert.Contains("name: web", Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task View_OnDisk_IsForItsOwnerAlone()
    {
        await StepAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.ClusterFile));
    }
}
