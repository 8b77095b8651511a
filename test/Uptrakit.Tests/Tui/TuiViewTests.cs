using System.Collections;
using Uptrakit.CommandLine;
using Uptrakit.Qu.Control;
using Uptrakit.Qu.Tui;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Tests.Tui;

public sealed class TuiViewTests
{
    [Fact]
    public void Picture_OfAClusterThatIsWell_HasHeaderTabsRowsAndKeys()
    {
        TuiScene scene = new();

        string[] lines = scene.Lines;

        Assert.Equal(24, lines.Length);
        Assert.StartsWith("qu 0.1.0 quorum yes (2 of 3)  master 0b54aaaa  term 4  config 12", lines[0], StringComparison.Ordinal);
        Assert.Contains(" 1 Peers 3 [2 Checks 3] 3 Alerts 1  4 Events", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("> check-00000", lines[3], StringComparison.Ordinal);
        Assert.Contains("up          3/3", lines[3], StringComparison.Ordinal);
        Assert.Contains("q quit", lines[23], StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_OfAnySizeInAnyMode_IsExactlyThatLarge()
    {
        foreach (TuiScene scene in Everywhere())
        {
            for (int width = 1; width < 140; width += width < 12 ? 1 : 13)
            {
                for (int height = 1; height < 40; height += height < 12 ? 1 : 7)
                {
                    scene.Tell(new TuiMessage.Resized(width, height));
                    string[] lines = scene.Lines;
                    Assert.Equal(height, lines.Length);
                    Assert.All(lines, line => Assert.Equal(width, Plain.WidthOf(line)));
                }
            }
        }
    }

    [Fact]
    public void Picture_OfASmallTerminal_ShowsTheChosenRowAndTheKeys()
    {
        TuiScene scene = new(checks: 50);
        scene.Tell(new TuiMessage.Resized(40, 10));
        scene.Press(ConsoleKey.End);

        Assert.Contains("> check-00049", scene.Picture, StringComparison.Ordinal);
        Assert.StartsWith("Enter details", scene.Lines[9], StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_OfTenThousandChecks_TouchesOnlyTheVisibleRows()
    {
        TuiScene scene = new(checks: 10_000);
        Counted rows = new(scene.Model.Checks);
        scene.Model = scene.Model with { Checks = rows };
        scene.Model = scene.Model.Select(7000);

        Assert.Contains("> check-07000", scene.Picture, StringComparison.Ordinal);
        Assert.InRange(rows.Touched, 1, 24);
    }

    [Theory]
    [InlineData("\u001b[2J\u001b[31mowned", "\uFFFD[2J\uFFFD[31mowned")]
    [InlineData("[red]not markup[/]", "[red]not markup[/]")]
    [InlineData("two\r\nlines", "two  lines")]
    [InlineData("\u202Egnp.exe", "\uFFFDgnp.exe")]
    [InlineData("\u009b2J", "\uFFFD2J")]
    public void Text_FromElsewhere_ReachesThePictureOnlyAsLetters(string hostile, string shown)
    {
        TuiScene scene = new(checks: 0);
        scene.Alerts[0].Name = hostile;
        scene.Refresh(status =>
        {
            CheckRow row = TuiScene.Row("c-1", hostile, "down");
            (row.Detail, row.Target) = (hostile, hostile);
            row.Votes.Add(new VoteRow { NodeId = "0b54aaaa-1", State = hostile, Detail = hostile });
            status.Checks.Add(row);
            status.Warnings.Add(hostile);
            status.Software = hostile;
            status.Peers[1].Advertise = hostile;
        });
        scene.Tell(new TuiMessage.PastEvents([new OutageRow { Name = hostile, Detail = hostile, FromMs = 1000 }]));
        scene.Tell(new TuiMessage.Resized(200, 40));

        foreach (string keys in (string[])["1", "2", "3", "4", "2d"])
        {
            scene.Type(keys);
            Assert.DoesNotContain(scene.Picture, static c => c != '\n' && (char.IsControl(c) || c == '\u202E'));
            Assert.Contains(shown, scene.Picture, StringComparison.Ordinal);
        }

        scene.Press(ConsoleKey.Escape);
        scene.Press(ConsoleKey.Enter);
        scene.Tell(new TuiMessage.PastOf("c-1", null, hostile));
        Assert.IsType<TuiMode.Looking>(scene.Model.Mode);
        Assert.DoesNotContain(scene.Picture, static c => c != '\n' && (char.IsControl(c) || c == '\u202E'));
        Assert.Contains(shown, scene.Picture, StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_OfADaemonThatIsGone_SaysSoAndKeepsWhatWasSeen()
    {
        TuiScene scene = new();
        scene.Tell(new TuiMessage.Lost("no daemon on /run/qu.sock"));
        scene.Clock.Advance(TimeSpan.FromSeconds(12));
        scene.Tell(new TuiMessage.Lost("nobody listens on /run/qu.sock"));

        Assert.Contains("no answer for 12s: nobody listens on /run/qu.sock", scene.Lines[0], StringComparison.Ordinal);
        Assert.Contains("check-00002", scene.Picture, StringComparison.Ordinal);

        scene.Refresh();
        Assert.Contains("quorum yes", scene.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_WithoutQuorum_SaysItInTheHeader()
    {
        TuiScene scene = new();
        scene.Refresh(static status => (status.Quorum, status.Master) = (false, ""));

        Assert.Contains("quorum NO (2 of 3)  master none", scene.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Detail_ShowsWhoSeesWhatWithLatencyAndWhoIsSilent()
    {
        TuiScene scene = new();
        scene.Refresh(static status => status.Checks[0].Votes.Add(
            [new VoteRow { NodeId = "0b54aaaa-1", State = "down", LatencyUs = 1500, AgeMs = 3000, Detail = "status 503" }, new VoteRow { NodeId = "7f21bbbb-2", State = "up", LatencyUs = 12_000 }]));
        scene.Press(ConsoleKey.Enter);
        scene.Tell(new TuiMessage.PastOf("c-0", Past(scene), ""));
        scene.Tell(new TuiMessage.Resized(110, 24));

        Assert.Matches("0b54aaaa +down +1.5 ms +3s .*status 503", scene.Picture);
        Assert.Matches("7f21bbbb +up +12 ms .*▁?█", scene.Picture);
        Assert.Matches("c09ecccc +silent", scene.Picture);
        Assert.Contains("down 2026-11-28 11:50:00Z for 1m: status 500", scene.Picture, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_OfAnAlert_DoesNotShowWhatOpensTheDoor()
    {
        TuiScene scene = new();
        scene.Alerts[0] = new Alert { Id = "a-1", Name = "chat", Type = AlertType.Discord, Enabled = true, Url = "https://discord.com/api/webhooks/1/hush-3141" };
        scene.Refresh();
        scene.Tell(new TuiMessage.Resized(120, 24));
        scene.Type("3");

        Assert.Contains("https://discord.com/api/webhooks/1/***", scene.Picture, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-3141", scene.Picture, StringComparison.Ordinal);
    }

    private static HistoryReply Past(TuiScene scene)
    {
        long now = scene.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        CheckResults results = new() { CheckId = "c-0", StepMs = 60_000, Points = { new ProbePoint { AtMs = now - 60_000, Sum = new ProbeSum { Count = 2, MeanUs = 900 } } } };
        CheckHistory past = new() { Id = "c-0", UpMs = 99, DownMs = 1, Nodes = { new NodeResults { NodeId = "7f21bbbb-2", Results = results } } };
        past.Outages.Add(new OutageRow { FromMs = now - 600_000, ToMs = now - 540_000, Detail = "status 500" });
        return new HistoryReply { FromMs = now - 3_600_000, ToMs = now, Checks = { past } };
    }

    /// <summary>One scene in each mode and tab.</summary>
    private static IEnumerable<TuiScene> Everywhere()
    {
        foreach (string keys in (string[])["1", "2", "3", "4", "2a", "3a", "2d", "1d", "/check", "/nothing-fits", "2t"])
        {
            TuiScene scene = new();
            scene.Tell(new TuiMessage.PastEvents([new OutageRow { Name = "web", FromMs = 1, ToMs = 2 }]));
            scene.Type(keys);
            yield return scene;
        }

        TuiScene looking = new();
        looking.Press(ConsoleKey.Enter);
        looking.Tell(new TuiMessage.PastOf("c-0", Past(looking), ""));
        yield return looking;
        TuiScene wide = new(checks: 0);
        wide.Refresh(static status => status.Checks.Add(TuiScene.Row("c-1", "監視対象サーバー東京リージョン番号一二三四五六七八九")));
        yield return wide;
        TuiScene gone = new();
        gone.Tell(new TuiMessage.Lost("nobody listens"));
        yield return gone;
        yield return new TuiScene { Model = new() };
    }

    private sealed class Counted(IReadOnlyList<CheckRow> rows) : IReadOnlyList<CheckRow>
    {
        public int Touched { get; private set; }

        public int Count => rows.Count;

        public CheckRow this[int index]
        {
            get
            {
                Touched++;
                return rows[index];
            }
        }

        public IEnumerator<CheckRow> GetEnumerator()
        {
            Touched = int.MaxValue;
            return rows.GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
