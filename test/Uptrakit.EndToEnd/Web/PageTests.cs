using Microsoft.Playwright;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;
using static Microsoft.Playwright.Assertions;

namespace Uptrakit.EndToEnd.Web;

/// <summary>The pages as a browser shows them: every state, ninety days of history, both themes, a desk and a phone.</summary>
public sealed class PageTests : IClassFixture<PageBrowser>
{
    private readonly PageBrowser browser;

    public PageTests(PageBrowser browser)
    {
        this.browser = browser;
        browser.Begin();
    }

    public static TheoryData<int, ColorScheme> Looks => new()
    {
        { 1280, ColorScheme.Light }, { 1280, ColorScheme.Dark }, { 360, ColorScheme.Light }, { 360, ColorScheme.Dark },
    };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Pages_InChromium_HaveNoFaultThatAxeFindsAndFit(int width, ColorScheme scheme)
    {
        await using WebScene scene = await WebScene.StartAsync(static options => options with { Title = "Example" });
        (Check down, Check known) = Fill(scene);
        IPage page = await browser.OpenAsync(scene.Web.Address, width, scheme);

        await LookAsync(page, "/", "status", width, scheme);
        await LookAsync(page, OperatorPage.Path, "login", width, scheme);
        await PageBrowser.SignInAsync(page, WebScene.Token);
        await LookAsync(page, OperatorPage.Path, "operator", width, scheme);
        await LookAsync(page, OperatorCheckPage.PathOf(down), "down", width, scheme);
        await page.GotoAsync(OperatorCheckPage.PathOf(known));
        await FitsAsync(page, "known", width, scheme);
        Assert.Empty(browser.Complaints);
        // A refusal is a page, too; the browser logs its status.
        scene.Health = scene.Health with { Quorum = false };
        await page.GotoAsync(OperatorCheckPage.PathOf(down));
        await page.GetByLabel("Who", new() { Exact = true }).FillAsync("ada");
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("there is no quorum: nothing was changed");
        await FitsAsync(page, "refused", width, scheme);
    }

    [Fact]
    public async Task Bars_AreAsWideAsTheirDays()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Fill(scene);
        foreach ((int width, double day) in ((int, double)[])[(1280, 4), (360, 2.5)])
        {
            IPage page = await browser.OpenAsync(scene.Web.Address, width);
            await page.GotoAsync("/");
            // The day that is not over is the last, and reaches the end of the picture.
            double[] box = await page.EvaluateAsync<double[]>(
                "(() => { const s = document.querySelector('ul.checks svg').getBoundingClientRect(); const m = getComputedStyle(document.querySelector('path')).transform; return [s.width, s.height, new DOMMatrix(m).a]; })()");
            Assert.Equal([day * 90, 26, day], box);
        }
    }

    private static async Task LookAsync(IPage page, string path, string name, int width, ColorScheme scheme)
    {
        await page.GotoAsync(path);
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await FitsAsync(page, name, width, scheme);
        Assert.Empty(await PageBrowser.FaultsAsync(page));
    }

    private static async Task FitsAsync(IPage page, string name, int width, ColorScheme scheme)
    {
        await PageBrowser.KeepAsync(page, $"{name}-{width}-{scheme}");
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{name} is wider than {width}");
    }

    /// <summary>Each state, some history, things planned; one check that is down, and one that somebody looks after.</summary>
    private static (Check Down, Check Known) Fill(WebScene scene)
    {
        Check shop = scene.Check("Web shop", static c => (c.Group, c.Description) = ("Shop", "Where customers buy"));
        Check pay = scene.Check("Payments", static c => c.Group = "Shop");
        Check search = scene.Check("Search", static c => c.Group = "Shop");
        Check mail = scene.Check("Mail", static c => c.Group = "Office");
        Check files = scene.Check("A name that is rather long, as names of services in large companies are", static c => c.Group = "Office");
        Check backup = scene.Check("Backups", static c => (c.Group, c.Type, c.Description) = ("Office", CheckType.Push, "Every night at three"));
        Check dns = scene.Check("Name servers", static c => c.Type = CheckType.Dns);
        scene.Check("Never seen", static c => c.Type = CheckType.Icmp);
        scene.Check("Switched off", static c => c.Enabled = false);
        Check[] all = [shop, pay, search, mail, files, backup, dns];
        scene.Pass(TimeSpan.FromDays(20));
        scene.FlipAll(all, CheckState.Up);
        for (int day = 0; day < 75; day++)
        {
            scene.Pass(TimeSpan.FromHours(23));
            Check bad = all[day * 5 % 7];
            if (day % 4 == 0)
                scene.Flip(bad, day % 3 == 0 ? CheckState.Warn : CheckState.Down);
            scene.Pass(TimeSpan.FromMinutes(day % 8 == 0 ? 300 : 20));
            scene.Flip(bad, CheckState.Up);
            scene.Pass(TimeSpan.FromMinutes(day % 8 == 0 ? 0 : 40));
        }

        scene.Flip(search, CheckState.Warn);
        scene.Flip(mail, CheckState.Degraded);
        scene.Flip(files, CheckState.Maintenance);
        scene.Flip(pay, CheckState.Down, static status => status.Detail = "2 of 3 see it down: connection refused");
        scene.Flip(dns, CheckState.Down, static status => status.Acknowledged = new Acknowledgement { By = "Ada", Note = "disk ordered", UntilMs = status.SinceMs + 28_800_000 });
        scene.Pass(TimeSpan.FromMinutes(25));
        DateTimeOffset now = scene.Clock.GetUtcNow();
        scene.Windows.Add(new("w-000000000001", "Move of the file server", now.AddMinutes(-20), now.AddHours(2), false, [files.Id]));
        scene.Windows.Add(new("w-000000000002", "Power", now.AddDays(2), now.AddDays(2).AddHours(3), true, []));
        scene.Health = scene.Health with { Warnings = ["node 22222222 holds the log back: bring it back, or remove it"] };
        foreach (Check check in all)
        {
            bool up = check != pay && check != dns;
            scene.Sights[check.Id] = new(up ? 2 : 1, 3, up ? "" : "2 of 3 see it down: connection refused",
            [
                new(WebScene.Self, ProbeGrade.Up, TimeSpan.FromMilliseconds(8.4), "200 OK", TimeSpan.FromSeconds(4)),
                new(WebScene.Other, check == search ? ProbeGrade.Warn : up ? ProbeGrade.Up : ProbeGrade.Down, TimeSpan.FromMilliseconds(231), up ? "200 OK, slow" : "connection refused", TimeSpan.FromSeconds(11)),
            ]);
        }

        return (pay, dns);
    }
}
