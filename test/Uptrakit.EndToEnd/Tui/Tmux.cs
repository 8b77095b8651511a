using System.Diagnostics;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Tui;

/// <summary>A terminal with a shell in it, at which a test types and looks: a tmux server of its own.</summary>
internal sealed class Tmux : IAsyncDisposable
{
    private const string Session = "view";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private readonly ScratchFolder scratch = new();

    private Tmux()
    {
    }

    public static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static folder => File.Exists(Path.Combine(folder, "tmux")));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Folder => scratch.Path;

    public static async Task<Tmux> StartAsync(int width = 100, int height = 30)
    {
        Assert.SkipUnless(IsInstalled, "tmux is not installed: apt-get install tmux");
        Tmux tmux = new();
        await tmux.RunAsync("new-session", "-d", "-x", $"{width}", "-y", $"{height}", "-s", Session, "bash --norc --noprofile");
        await tmux.TypeAsync("PS1='ready> '\n");
        await tmux.SeesAsync("ready> ");
        return tmux;
    }

    /// <summary>Letters as they are; a line end is Enter.</summary>
    public async Task TypeAsync(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > 0)
                await RunAsync("send-keys", "-t", Session, "-l", "--", lines[i]);
            if (i < lines.Length - 1)
                await PressAsync("Enter");
        }
    }

    /// <summary>Keys by tmux's names.</summary>
    public Task PressAsync(params string[] keys) => RunAsync(["send-keys", "-t", Session, .. keys]);

    public Task ResizeAsync(int width, int height) => RunAsync("resize-window", "-t", Session, "-x", $"{width}", "-y", $"{height}");

    public Task<string> ScreenAsync(bool withColours = false) =>
        RunAsync(withColours ? ["capture-pane", "-e", "-p", "-t", Session] : ["capture-pane", "-p", "-t", Session]);

    /// <summary>Whether a program holds the other screen, and whether the cursor is shown.</summary>
    public async Task<(bool OtherScreen, bool Cursor)> TerminalAsync()
    {
        string[] flags = (await RunAsync("display-message", "-p", "-t", Session, "#{alternate_on} #{cursor_flag}")).Trim().Split(' ');
        return (flags[0] == "1", flags[1] == "1");
    }

    public Task<string> SeesAsync(string text) => SeesAsync(text, screen => screen.Contains(text, StringComparison.Ordinal));

    public Task<string> SeesAsync(string what, Func<string, bool> wanted) =>
        Until.SeenAsync($"the terminal shows {what}", async _ => await ScreenAsync(), wanted, Patience, Cancel);

    public async ValueTask DisposeAsync()
    {
        await Ran.OfAsync(Start("kill-server"), CancellationToken.None);
        scratch.Dispose();
    }

    private async Task<string> RunAsync(params string[] arguments) => (await Ran.OfAsync(Start(arguments), Cancel)).Expect(0).Output;

    private ProcessStartInfo Start(params string[] arguments)
    {
        // A configuration of this machine, or a tmux around the tests, must not matter.
        ProcessStartInfo start = new("tmux", ["-S", scratch["tmux.sock"], "-f", "/dev/null", "-u", .. arguments]);
        start.Environment.Remove("TMUX");
        start.Environment.Remove("NO_COLOR");
        return start;
    }
}
