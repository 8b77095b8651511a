using System.Text.Json;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

/// <summary>Degraded and excluded, wherever states and votes are shown.</summary>
public sealed class DegradedPagesTests
{
    [Fact]
    public async Task Degraded_IsShownOnEveryPageAndCountsAsUp()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("shop");
        scene.Flip(check, CheckState.Up);
        scene.Pass(TimeSpan.FromHours(1));
        scene.Flip(check, CheckState.Degraded);
        scene.Pass(TimeSpan.FromHours(1));

        Assert.Contains("<em class=w>Degraded</em>", await scene.GetAsync("/"), StringComparison.Ordinal);
        Assert.Contains("degraded", await scene.GetAsync("/badge/shop.svg"), StringComparison.Ordinal);
        using JsonDocument status = JsonDocument.Parse(await scene.GetAsync("/api/v1/status"));
        Assert.Equal("degraded", status.RootElement.GetProperty("state").GetString());
        Assert.Equal(1, status.RootElement.GetProperty("checks").GetProperty("degraded").GetInt32());
        using JsonDocument one = JsonDocument.Parse(await scene.GetAsync("/api/v1/checks/shop"));
        Assert.Equal("degraded", one.RootElement.GetProperty("state").GetString());
        Assert.Equal(1.0, one.RootElement.GetProperty("uptime").GetProperty("7d").GetDouble());
        string metrics = await scene.GetAsync("/metrics", WebScene.Token);
        Assert.Contains("qu_checks{state=\"degraded\"} 1", metrics, StringComparison.Ordinal);
        Assert.Matches("(?m)^qu_check_up\\{[^}]*\\} 1$", metrics);
    }

    [Fact]
    public async Task Excluded_IsShownToTheOperatorAndToNobodyElse()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("shop");
        scene.Flip(check, CheckState.Up);
        scene.Sights[check.Id] = new(1, 2, "",
        [
            new(WebScene.Self, ProbeGrade.Up, TimeSpan.FromMilliseconds(5), "", TimeSpan.Zero),
            new(WebScene.Other, ProbeGrade.Down, TimeSpan.FromMilliseconds(5), "refused", TimeSpan.Zero) { Excluded = true },
        ]);
        scene.Health = scene.Health with { Nodes = [scene.Health.Nodes[0], scene.Health.Nodes[1] with { Excluded = true }] };

        using JsonDocument inside = JsonDocument.Parse(await scene.GetAsync("/api/v1/checks/shop", WebScene.Token));
        JsonElement nodes = inside.RootElement.GetProperty("inside").GetProperty("nodes");
        Assert.False(nodes[0].TryGetProperty("excluded", out _));
        Assert.True(nodes[1].GetProperty("excluded").GetBoolean());
        using JsonDocument members = JsonDocument.Parse(await scene.GetAsync("/api/v1/nodes", WebScene.Token));
        Assert.Equal([false, true], members.RootElement.GetProperty("nodes").EnumerateArray().Select(static node => node.GetProperty("excluded").GetBoolean()));
        string metrics = await scene.GetAsync("/metrics", WebScene.Token);
        Assert.Contains($"qu_node_excluded{{node=\"{WebScene.Other}\"}} 1", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("does not count", await scene.GetAsync("/"), StringComparison.Ordinal);
    }
}
