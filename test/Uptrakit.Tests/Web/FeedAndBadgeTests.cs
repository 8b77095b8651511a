using System.Net;
using System.Xml.Linq;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed class FeedAndBadgeTests
{
    [Fact]
    public async Task Feed_TellsEachBeginAndEndOnce()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("shop");
        Check hidden = scene.Check("inner", static c => c.Hidden = true);
        scene.Flip(check, CheckState.Down);
        scene.Flip(hidden, CheckState.Down);
        scene.Pass(TimeSpan.FromMinutes(5));
        scene.Flip(check, CheckState.Up);

        XElement channel = XDocument.Parse(await scene.GetAsync("/feed.xml")).Root!.Element("channel")!;

        Assert.Equal(["shop is up again", "shop is down"], channel.Elements("item").Select(static item => item.Element("title")!.Value));
        Assert.Equal(2, channel.Elements("item").Select(static item => item.Element("guid")!.Value).Distinct().Count());
        Assert.Equal("It was down for 5 min.", channel.Elements("item").First().Element("description")!.Value);
        Assert.DoesNotContain("10.1.2.3", channel.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Readers must not learn from what is missing that something hidden is noisy, nor miss what is public.</summary>
    [Fact]
    public async Task Feed_PageAndApi_TellWhatIsPublicHoweverMuchIsHidden()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Flip(scene.Check("shop"), CheckState.Down);
        Check[] hidden = [.. Enumerable.Range(0, 1100).Select(i => scene.Check($"inner-{i}", static c => c.Hidden = true))];
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.FlipAll(hidden, CheckState.Down);

        Assert.Contains("shop is down", await scene.GetAsync("/feed.xml"), StringComparison.Ordinal);
        Assert.Contains("has been down for", await scene.GetAsync("/"), StringComparison.Ordinal);
        string outages = await scene.GetAsync("/api/v1/outages");
        Assert.Contains("shop", outages, StringComparison.Ordinal);
        Assert.DoesNotContain("inner-", outages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example/\"><script>")]
    [InlineData("a@evil.example")]
    [InlineData("evil example")]
    public async Task Feed_WithAHostThatIsNone_DoesNotRepeatIt(string host)
    {
        await using WebScene scene = await WebScene.StartAsync();
        using HttpResponseMessage answer = await scene.SendAsync("/feed.xml", headers: ("Host", host));
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Badge_ShowsStateAndUptime()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("a <b> & c");
        scene.Flip(check, CheckState.Up);
        scene.Pass(TimeSpan.FromHours(3));
        scene.Flip(check, CheckState.Down);
        scene.Pass(TimeSpan.FromHours(1));

        XElement state = XDocument.Parse(await scene.GetAsync($"/badge/{check.Id}.svg")).Root!;
        XElement uptime = XDocument.Parse(await scene.GetAsync($"/badge/{Uri.EscapeDataString(check.Name)}.svg?uptime=7d")).Root!;

        Assert.Equal("a <b> & c: down", state.Elements().First().Value);
        Assert.Equal("a <b> & c 7 d: 75.00 %", uptime.Elements().First().Value);
    }

    [Theory]
    [InlineData("/badge/inner.svg")]
    [InlineData("/badge/nobody.svg")]
    [InlineData("/badge/shop")]
    [InlineData("/badge/shop.svg?uptime=9999999d")]
    public async Task Badge_OfWhatIsNotShown_IsNotThere(string path)
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Check("shop");
        scene.Check("inner", static c => c.Hidden = true);

        Assert.Equal(HttpStatusCode.NotFound, await scene.StatusOfAsync(path));
        Assert.Equal(HttpStatusCode.OK, await scene.StatusOfAsync("/badge/shop.svg"));
    }
}
