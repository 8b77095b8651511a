using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>A check as an operator adds it, and how it must come to be seen.</summary>
/// <param name="Words">Something that the newest vote says.</param>
internal sealed record Expected(string State, string Words, string Type, string Target, params string[] Options)
{
    public string Name { get; } = Make.Name("look");

    public override string ToString() => $"{Type} {Target} {string.Join(' ', Options)}";
}

/// <summary>A test on the shared node. When it fails, the end of the daemon's log is shown with it.</summary>
[Collection(nameof(WatchedNode))]
public abstract class WatchTest(WatchedNode shared) : IAsyncLifetime
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private protected TestNode Node => shared.Node;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync() => await shared.ReadyAsync(Cancel);

    public virtual ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(shared.Logs());
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected Task<Ran> RunAsync(params string[] arguments) => Operator.RunAsync(Node, Cancel, arguments);

    /// <summary>Adds all of them at once and waits until the node sees each as it is expected.</summary>
    private protected async Task JudgeAsync(params Expected[] all)
    {
        Ran[] added = await Task.WhenAll(all.Select(each => RunAsync(
            ["check", "add", each.Type, each.Name, each.Target, .. each.Options.Contains("--interval") ? [] : (string[])["--interval", "10s"], .. each.Options])));
        foreach ((Ran ran, Expected each) in added.Zip(all))
            Assert.True(ran.ExitCode == 0, $"{each}: {ran}");
        await SeenAsync(all);
    }

    /// <summary>Waits until the node sees each as it is expected.</summary>
    private protected async Task SeenAsync(params Expected[] all)
    {
        Dictionary<string, string> ids = (await Node.StatusAsync(Cancel)).Checks.ToDictionary(static row => row.Name, static row => row.Id);
        // Those that were seen once are not asked for again: a target that flickers is not what these tests are about.
        List<Expected> open = [.. all];
        await Until.SeenAsync("all checks are seen as expected", async cancel =>
        {
            StatusRequest request = new();
            request.VotesOf.AddRange(open.Select(each => ids[each.Name]));
            StatusReply status = await Node.Control.StatusAsync(request, deadline: Deadlines.In(10), cancellationToken: cancel);
            Dictionary<string, CheckRow> rows = status.Checks.ToDictionary(static row => row.Name);
            open.RemoveAll(each => IsSeen(each, rows[each.Name]));
            return string.Join("\n", open.Select(each => $"{each}\n  wanted {each.State} '{each.Words}', is {Said(rows[each.Name])}"));
        }, static missing => missing.Length == 0, Patience, Cancel);
    }

    private protected async Task EditAsync(Expected check, params string[] options) =>
        (await RunAsync(["check", "edit", check.Name, .. options])).Expect(0);

    private protected async Task<CheckRow?> RowAsync(string name) => (await Node.StatusAsync(Cancel)).Checks.FirstOrDefault(row => row.Name == name);

    private static bool IsSeen(Expected wanted, CheckRow row) =>
        row.State == wanted.State && row.Votes is [{ } vote] && vote.Detail.Contains(wanted.Words, StringComparison.Ordinal);

    private static string Said(CheckRow row) => $"{row.State} '{row.Detail}', newest vote {string.Join(" | ", row.Votes.Select(static vote => $"{vote.State} '{vote.Detail}'"))}";
}
