using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Tui;

/// <summary>The terminal view on a real terminal, at a real daemon.</summary>
[Collection(nameof(CalmCluster))]
public sealed class TuiTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task Operator_AddsDisablesAndDeletesACheck_AndGetsTheTerminalBack()
    {
        await using Tmux terminal = await Tmux.StartAsync();
        await using Target target = await Target.StartAsync();
        await TestCluster.ChangeAsync(Leader, Make.HttpCheck("was-there", target.Url), Cancel);
        await terminal.TypeAsync($"echo before-the-view; {Leader.Typed("tui")}; echo ended-$?; stty -a\n");
        await terminal.SeesAsync("was-there");
        Assert.Equal((true, false), await terminal.TerminalAsync());

        await terminal.TypeAsync("a");
        await terminal.PressAsync("Right", "Tab");
        await terminal.TypeAsync("new-one");
        await terminal.PressAsync("Tab");
        await terminal.TypeAsync($"127.0.0.1:{target.Port}");
        await terminal.PressAsync("Tab", "Enter");
        await terminal.SeesAsync("the new check up", static screen => Row(screen, "new-one").Contains(" up ", StringComparison.Ordinal));
        Assert.Equal((CheckType.Tcp, 30_000), await CheckAsync("new-one", static check => (check!.Type, check.IntervalMs)));

        await terminal.TypeAsync("/new-one\nx");
        await terminal.SeesAsync("it disabled", static screen => Row(screen, "new-one").Contains("disabled", StringComparison.Ordinal));
        Assert.False(await CheckAsync("new-one", static check => check!.Enabled));

        await terminal.TypeAsync("d");
        await terminal.SeesAsync("Delete check new-one? y/n");
        await terminal.TypeAsync("y");
        await terminal.SeesAsync("nothing fits the filter");
        Assert.True(await CheckAsync("new-one", static check => check is null));
        Assert.False(await CheckAsync("was-there", static check => check is null));

        await terminal.TypeAsync("q");
        string after = await terminal.SeesAsync("ended-0");
        await terminal.SeesAsync(" echo echoe ");
        Assert.Contains("before-the-view", after, StringComparison.Ordinal);
        Assert.DoesNotContain("quorum yes", after, StringComparison.Ordinal);
        Assert.Equal((false, true), await terminal.TerminalAsync());
    }

    [Fact]
    public async Task Check_InFull_ShowsWhatEachMemberSees_AndItsFlipIsAnEvent()
    {
        await using Tmux terminal = await Tmux.StartAsync(width: 120);
        await using Target target = await Target.StartAsync();
        await TestCluster.ChangeAsync(Leader, Make.HttpCheck("seen-by-all", target.Url), Cancel);
        await terminal.TypeAsync($"{Leader.Typed("tui")}; echo ended-$?\n");
        await terminal.SeesAsync("it up", static screen => Row(screen, "seen-by-all").Contains(" up ", StringComparison.Ordinal));

        await terminal.TypeAsync("/seen-by-all\n\n");
        // A row for each: what it sees, how long the answer took, how old that is, and its last hour.
        await terminal.SeesAsync("the three members with latency", screen => Cluster.Nodes.All(node => Lines(screen).Any(line =>
            System.Text.RegularExpressions.Regex.IsMatch(line, $"^{node.NodeId.ToString()[..8]} +up +[0-9.]+ ms +<?[0-9a-z]+ .*[▁▂▃▄▅▆▇█]"))));
        target.Break();
        await terminal.SeesAsync("all of them see it down", screen => Cluster.Nodes.All(node => Lines(screen).Any(line =>
            System.Text.RegularExpressions.Regex.IsMatch(line, $"^{node.NodeId.ToString()[..8]} +down "))));
        await terminal.PressAsync("Escape");
        await terminal.TypeAsync("4");
        await terminal.SeesAsync("the flip among the events", static screen => Lines(screen).Any(static line => line.Contains("seen-by-all: up → down", StringComparison.Ordinal)));
        await terminal.TypeAsync("q");
        await terminal.SeesAsync("ended-0");
    }

    [Fact]
    public async Task View_OnATerminalThatShrinksAndGrows_FitsIt()
    {
        await using Tmux terminal = await Tmux.StartAsync();
        for (int i = 0; i < 30; i++)
            await TestCluster.ChangeAsync(Leader, Make.IdleCheck($"idle-{i:d2}"), Cancel);
        await terminal.TypeAsync($"{Leader.Typed("tui")}; echo ended-$?\n");
        await terminal.SeesAsync("> idle-00");

        await terminal.PressAsync("End");
        await terminal.SeesAsync("> idle-29");
        await terminal.ResizeAsync(40, 10);
        string small = await terminal.SeesAsync("the small picture", static screen => Lines(screen) is { Length: 10 } lines
            && lines[0].StartsWith("qu ", StringComparison.Ordinal) && lines[9].StartsWith("Enter details", StringComparison.Ordinal));
        Assert.Contains("> idle-29", small, StringComparison.Ordinal);
        await terminal.ResizeAsync(9, 2);
        await terminal.SeesAsync("the smallest picture", static screen => Lines(screen).Length == 2 && screen.StartsWith("qu ", StringComparison.Ordinal));
        await terminal.ResizeAsync(80, 24);
        await terminal.SeesAsync("the whole picture", static screen => Lines(screen) is { Length: 24 } lines && lines[23].StartsWith("Enter details", StringComparison.Ordinal));
        await terminal.TypeAsync("q");
        await terminal.SeesAsync("ended-0");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task View_EndedFromOutside_GivesTheTerminalBack(bool bySignal)
    {
        await using Tmux terminal = await Tmux.StartAsync();
        string pid = Path.Combine(terminal.Folder, "pid");
        await terminal.TypeAsync($"sh -c 'echo $$ > {pid}; exec \"$@\"' sh {Leader.Typed("tui")}; echo ended-$?; stty -a\n");
        await terminal.SeesAsync("[2 Checks");

        if (bySignal)
            Signals.Send(int.Parse(await File.ReadAllTextAsync(pid, Cancel), System.Globalization.CultureInfo.InvariantCulture), Signals.Terminate);
        else
            await terminal.PressAsync("C-c");

        await terminal.SeesAsync("ended-0");
        await terminal.SeesAsync(" echo echoe ");
        Assert.Equal((false, true), await terminal.TerminalAsync());
    }

    [Fact]
    public async Task View_OfADaemonThatStopsAndComesBack_SaysSoAndGoesOn()
    {
        TestNode node = Followers[0];
        await using Tmux terminal = await Tmux.StartAsync();
        await terminal.TypeAsync($"{node.Typed("tui")}; echo ended-$?\n");
        await terminal.SeesAsync("quorum yes");

        await node.StopAsync(Cancel);
        await terminal.SeesAsync("no answer for");
        await node.StartAsync(Cancel);
        await terminal.SeesAsync("quorum yes");
        await terminal.TypeAsync("4");
        await terminal.SeesAsync("the daemon answers again");
        await terminal.TypeAsync("q");
        await terminal.SeesAsync("ended-0");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task View_WithNoColor_HasNoColour(bool noColor)
    {
        await using Tmux terminal = await Tmux.StartAsync();
        await terminal.TypeAsync($"export NO_COLOR={(noColor ? "1" : "")}; {Leader.Typed("tui")}\n");
        await terminal.SeesAsync("quorum yes");

        string painted = await terminal.ScreenAsync(withColours: true);

        Assert.Equal(!noColor, System.Text.RegularExpressions.Regex.IsMatch(painted, "\u001b\\[[0-9;]*(3[1-7]|9[0-7])[0-9;]*m"));
        await terminal.TypeAsync("q");
    }

    [Fact]
    public async Task View_WithoutATerminal_IsWrongUsage()
    {
        Ran ran = (await Leader.RunAsync(Cancel, "tui")).Expect(2);

        Assert.Contains("needs a terminal", ran.Errors, StringComparison.Ordinal);
        Assert.Empty(ran.Output);
    }

    private static string[] Lines(string screen) => screen.TrimEnd('\n').Split('\n');

    private static string Row(string screen, string check) =>
        Lines(screen).FirstOrDefault(line => line.StartsWith("> " + check, StringComparison.Ordinal) || line.StartsWith("  " + check, StringComparison.Ordinal)) ?? "";

    private async Task<T> CheckAsync<T>(string name, Func<Check?, T> tell) =>
        tell((await TestCluster.ReadAsync(Leader, Cancel)).Checks.FirstOrDefault(check => check.Name == name));
}
