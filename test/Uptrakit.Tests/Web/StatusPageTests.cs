using System.Net;
using System.Text;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed class StatusPageTests
{
    private const string Hostile = "<script>alert(1)</script>\"'&";

    [Fact]
    public async Task Page_ShowsGroupsAndStates_AndNeitherTargetsNorDetails()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Flip(scene.Check("shop", static c => (c.Group, c.Description) = ("Sales", "Where customers buy")), CheckState.Down);
        scene.Flip(scene.Check("mail"), CheckState.Up);
        scene.Check("secret-host", static c => c.Hidden = true);
        scene.Check("switched-off", static c => c.Enabled = false);
        scene.Windows.Add(new("w-1", "Move", WebScene.Begin.AddHours(1), WebScene.Begin.AddHours(2), true, []));

        string page = await scene.GetAsync("/");

        Assert.Contains(">1 of 2 down<", page, StringComparison.Ordinal);
        Assert.Contains("Where customers buy", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/g/Sales\"", page, StringComparison.Ordinal);
        Assert.Contains("has been down for", page, StringComparison.Ordinal);
        Assert.Contains("<strong>Move</strong>", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("Sales", StringComparison.Ordinal) < page.IndexOf("mail", StringComparison.Ordinal));
        foreach (string inside in (string[])["inner.example", "10.1.2.3", "secret-host", "switched-off", "<script", "style="])
            Assert.DoesNotContain(inside, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithTrouble_NamesItAboveTheGroups()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Flip(scene.Check("slow", static c => c.Group = "A"), CheckState.Warn);
        scene.Flip(scene.Check("broken", static c => c.Group = "A"), CheckState.Down);
        scene.Flip(scene.Check("inner", static c => c.Hidden = true), CheckState.Down);
        scene.Clock.Advance(TimeSpan.FromMinutes(3));

        string page = await scene.GetAsync("/");
        string above = page[..page.IndexOf("<section", StringComparison.Ordinal)];

        Assert.Contains("<strong>broken</strong> <span class=d>Down</span> for 3 min<li><strong>slow</strong> <span class=w>Warning</span>", above, StringComparison.Ordinal);
        Assert.DoesNotContain("inner", above, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfAGroup_ShowsThatGroup()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Check("one", static c => c.Group = "A/B & C");
        scene.Check("two", static c => c.Group = "D");

        string page = await scene.GetAsync(PublicChecks.PathOf("A/B & C"));

        Assert.Contains("one", page, StringComparison.Ordinal);
        Assert.DoesNotContain("two", page, StringComparison.Ordinal);
        Assert.Contains("A/B &amp; C", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/feed.xml")]
    [InlineData("/operator")]
    [InlineData("/operator?q=%3Cscript%3Ealert(1)%3C/script%3E%22%27%26")]
    public async Task Text_OfNamesGroupsAndQueries_IsEscaped(string path)
    {
        await using WebScene scene = await WebScene.StartAsync(static options => options with { Title = Hostile });
        Check check = scene.Check(Hostile, static c => (c.Group, c.Description, c.Target) = (Hostile, Hostile, Hostile));
        scene.Flip(check, CheckState.Down, static status =>
        {
            status.Detail = Hostile;
            status.Acknowledged = new Acknowledgement { By = Hostile, Note = Hostile };
        });
        scene.Sights[check.Id] = new(0, 1, Hostile, [new(Hostile, Quorum.History.ProbeGrade.Down, TimeSpan.Zero, Hostile, TimeSpan.Zero)]);
        scene.Windows.Add(new("w-1", Hostile, WebScene.Begin, WebScene.Begin.AddHours(1), false, [check.Id]));
        scene.Health = scene.Health with { Warnings = [Hostile] };

        string page = await scene.GetAsync(path, WebScene.Token);

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Group_ThatIsNone_IsNotRepeated()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Check("hidden", static c => (c.Group, c.Hidden) = ("inner", true));

        using HttpResponseMessage unknown = await scene.SendAsync("/g/%3Cscript%3E");
        using HttpResponseMessage hidden = await scene.SendAsync("/g/inner");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (unknown.StatusCode, hidden.StatusCode));
        Assert.DoesNotContain("script", await unknown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_LetNothingInFromElsewhere()
    {
        await using WebScene scene = await WebScene.StartAsync();
        foreach (string path in (string[])["/", "/nothing", "/healthz", "/operator", "/api/v1/status", "/metrics"])
        {
            using HttpResponseMessage answer = await scene.SendAsync(path);
            string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Page_ThatTheReaderHas_IsNotSentAgain()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("web");
        using HttpResponseMessage first = await scene.SendAsync("/");
        string tag = first.Headers.ETag!.ToString();

        using HttpResponseMessage second = await scene.SendAsync("/", headers: ("If-None-Match", tag));
        scene.Flip(check, CheckState.Down);
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage third = await scene.SendAsync("/", headers: ("If-None-Match", tag));

        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (second.StatusCode, third.StatusCode));
        Assert.Equal("public, max-age=15", first.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Page_ForManyReaders_IsRenderedOnce()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("web");
        string first = await scene.GetAsync("/");
        scene.Flip(check, CheckState.Down);

        Assert.Equal(first, await scene.GetAsync("/"));
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(first, await scene.GetAsync("/"));
    }

    [Fact]
    public async Task Page_WithoutQuorum_SaysThatItMayBeOutOfDate()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Health = scene.Health with { Quorum = false };

        Assert.Contains("may be out of date", await scene.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maintenance_OfHiddenChecksOnly_IsNotShown()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check hidden = scene.Check("hidden", static c => c.Hidden = true);
        scene.Windows.Add(new("w-1", "Inner move", WebScene.Begin, WebScene.Begin.AddHours(1), false, [hidden.Id]));

        Assert.DoesNotContain("Inner move", await scene.GetAsync("/"), StringComparison.Ordinal);
        Assert.DoesNotContain("Inner move", await scene.GetAsync("/api/v1/maintenance"), StringComparison.Ordinal);
        Assert.Contains("Inner move", await scene.GetAsync("/api/v1/maintenance", WebScene.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Page_OfAThousandChecks_IsSmall(int badDays)
    {
        await using WebScene scene = await WebScene.StartAsync(static options => options with { Title = "Example" });
        Check[] checks = [.. Enumerable.Range(0, 1000).Select(i => scene.Check($"service-{i:0000}", c => c.Group = $"Group {i % 20}"))];
        scene.FlipAll(checks, CheckState.Up);
        // Each check is down on so many days, of ninety, and no two of them are days in a row.
        bool IsBad(int check, int day) => (check + day) * badDays % 90 < badDays;
        for (int day = 0; day < 90; day++)
        {
            scene.Pass(TimeSpan.FromDays(1));
            Check[] bad = [.. checks.Where((_, i) => IsBad(i, day))];
            scene.FlipAll(bad, CheckState.Down);
            scene.Pass(TimeSpan.FromMinutes(3));
            scene.FlipAll(bad, CheckState.Up);
        }

        // How quickly it is made is measured by the bench: what else a machine does is no fault of a page.
        string page = await scene.GetAsync("/");
        TestContext.Current.TestOutputHelper?.WriteLine($"{Encoding.UTF8.GetByteCount(page)} bytes");
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 80_000, 200_000);
    }
}
