using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed partial class MetricsTests
{
    [GeneratedRegex("""^([a-z_]+)(\{([a-z]+="(\\.|[^"\\\n])*",?)*\})? (\S+)$""")]
    private static partial Regex Line();

    [Fact]
    public async Task Metrics_NeedTheToken_UnlessTheyArePublic()
    {
        await using WebScene closed = await WebScene.StartAsync();
        await using WebScene open = await WebScene.StartAsync(static options => options with { PublicMetrics = true });

        Assert.Equal(HttpStatusCode.Unauthorized, await closed.StatusOfAsync("/metrics"));
        Assert.Equal(HttpStatusCode.OK, await closed.StatusOfAsync("/metrics", WebScene.Token));
        Assert.Equal(HttpStatusCode.OK, await open.StatusOfAsync("/metrics"));
    }

    [Fact]
    public async Task Metrics_AreInTheTextFormat_WithHelpAndTypeBeforeTheSamples()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("a \"quoted\" \\ name");
        scene.Flip(check, CheckState.Warn);
        scene.Flip(scene.Check("down"), CheckState.Down);
        scene.Check("unknown");
        scene.History.Record(check.Id, ProbeGrade.Warn, TimeSpan.FromMilliseconds(250), "");
        scene.History.Record(check.Id, ProbeGrade.Up, TimeSpan.FromSeconds(60), "");

        string text = await scene.GetAsync("/metrics", WebScene.Token);

        HashSet<string> series = [];
        HashSet<string> helped = [];
        HashSet<string> typed = [];
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
                Assert.True(helped.Add(line.Split(' ')[2]), line);
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                Assert.True(typed.Add(line.Split(' ')[2]), line);
            else
            {
                Match sample = Line().Match(line);
                Assert.True(sample.Success, line);
                Assert.True(series.Add(line[..line.LastIndexOf(' ')]), line);
                string family = sample.Groups[1].Value;
                Assert.True(typed.Contains(family) || typed.Contains(family[..family.LastIndexOf('_')]), line);
                Assert.True(double.TryParse(sample.Groups[5].Value, CultureInfo.InvariantCulture, out _), line);
            }
        }

        Assert.Equal(helped, typed);
        Assert.Contains($"qu_check_up{{check=\"a \\\"quoted\\\" \\\\ name\",id=\"{check.Id}\",group=\"\",node=\"{WebScene.Self}\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("qu_check_latency_seconds", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("\nqu_check_up{").Length - 1);
        Assert.Contains("qu_probe_duration_seconds_bucket{le=\"0.3\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("qu_probe_duration_seconds_bucket{le=\"+Inf\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("qu_probe_duration_seconds_sum 60.25\n", text, StringComparison.Ordinal);
        Assert.Contains("qu_checks{state=\"down\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"qu_node_live{{node=\"{WebScene.Other}\",role=\"voter\"}} 0\n", text, StringComparison.Ordinal);
    }

    /// <summary>Checks of each type in each state, with names that are hard on a text format.</summary>
    [Fact]
    public async Task Metrics_OfEveryTypeInEveryState_PassPromtool()
    {
        const string Promtool = "/usr/bin/promtool";
        Assert.SkipUnless(File.Exists(Promtool), "promtool is not installed: apt-get install prometheus");
        await using WebScene scene = await WebScene.StartAsync();
        foreach (CheckType type in Enum.GetValues<CheckType>())
        {
            foreach (CheckState state in Enum.GetValues<CheckState>())
            {
                Check check = scene.Check($"{type} \\ \"{state}\" {{x=\"1\"}} # \u00e9\ud83d\udc1d", c => (c.Type, c.Group, c.Hidden) = (type, "a\nb,c=\"d\"", state == CheckState.Warn));
                scene.Flip(check, state);
                foreach (ProbeGrade grade in Enum.GetValues<ProbeGrade>())
                    scene.History.Record(check.Id, grade, TimeSpan.FromMilliseconds(40), "");
            }
        }

        using ScratchFolder folder = new();
        await File.WriteAllTextAsync(folder["metrics"], await scene.GetAsync("/metrics", WebScene.Token), TestContext.Current.CancellationToken);
        Ran promtool = await Ran.OfAsync(new("sh", ["-c", $"{Promtool} check metrics <'{folder["metrics"]}'"]), TestContext.Current.CancellationToken);

        promtool.Expect(0);
        Assert.Equal("", promtool.Output + promtool.Errors);
    }
}
