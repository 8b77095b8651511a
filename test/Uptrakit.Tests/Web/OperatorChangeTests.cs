using System.Net;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed class OperatorChangeTests
{
    private static readonly (string Name, string Value)[] Ada = [("by", "ada"), ("note", "disk <ordered>"), ("for", "8h")];

    private static Check Down(WebScene scene)
    {
        Check check = scene.Check("shop");
        scene.Flip(check, CheckState.Down);
        return check;
    }

    [Fact]
    public async Task Acknowledgement_FromTheForm_IsShownAndCanBeTakenBack()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);

        Assert.Equal(HttpStatusCode.SeeOther, (await session.DoAsync(check, OperatorChange.Acknowledge, Ada)).Status);
        string page = await session.ReadAsync(check);
        Acknowledgement known = scene.State.StatusOf(check.Id).Acknowledged;

        Assert.Equal(("ada", "disk <ordered>", WebScene.Begin.AddHours(8).ToUnixTimeMilliseconds()), (known.By, known.Note, known.UntilMs));
        Assert.Contains("Acknowledged by ada until", page, StringComparison.Ordinal);
        Assert.Contains("disk &lt;ordered&gt;", page, StringComparison.Ordinal);
        Assert.Contains("Acknowledged by ada until", await scene.GetAsync(OperatorPage.Path, WebScene.Token), StringComparison.Ordinal);
        Assert.DoesNotContain("value=acknowledge", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await session.DoAsync(check, OperatorChange.TakeBack)).Status);
        Assert.Null(scene.State.StatusOf(check.Id).Acknowledged);
    }

    [Fact]
    public async Task Acknowledgement_WithoutATime_LastsUntilItRecovers()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);

        await session.DoAsync(check, OperatorChange.Acknowledge, ("by", "ada"), ("for", ""));

        Assert.Equal(0, scene.State.StatusOf(check.Id).Acknowledged.UntilMs);
    }

    [Fact]
    public async Task Form_OfAnAcknowledgement_IsThereForWhatIsDown()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check up = scene.Check("fine");
        scene.Flip(up, CheckState.Up);
        OperatorSession session = await OperatorSession.OpenAsync(scene);

        Assert.Contains("value=acknowledge", await session.ReadAsync(Down(scene)), StringComparison.Ordinal);
        Assert.DoesNotContain("value=acknowledge", await session.ReadAsync(up), StringComparison.Ordinal);
        (HttpStatusCode status, string text) = await session.DoAsync(up, OperatorChange.Acknowledge, Ada);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("'fine' is not down", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Form_OfAnotherOrigin_ChangesNothing(string header, string value)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);
        (string, string)[] fields = [("key", await session.KeyAsync(check)), ("do", OperatorChange.Acknowledge), .. Ada];

        using HttpResponseMessage answer = await OperatorSession.SendAsync(scene, OperatorCheckPage.PathOf(check), session.Cookie, fields, (header, value));
        using HttpResponseMessage own = await OperatorSession.SendAsync(
            scene, OperatorCheckPage.PathOf(check), session.Cookie, fields, ("Origin", scene.Web.Address.GetLeftPart(UriPartial.Authority)));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.SeeOther), (answer.StatusCode, own.StatusCode));
        Assert.Single(scene.Changes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    public async Task Form_WithoutTheKeyOfTheSession_ChangesNothing(string? key)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);
        OperatorSession other = await OperatorSession.OpenAsync(scene);

        using HttpResponseMessage answer = await OperatorSession.SendAsync(scene, OperatorCheckPage.PathOf(check), session.Cookie,
            [("key", key ?? await other.KeyAsync(check)), ("do", OperatorChange.Acknowledge), .. Ada], ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(scene.Changes);
    }

    [Fact]
    public async Task Form_WithoutASessionOrAfterIt_ChangesNothing()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);
        (string, string)[] fields = [("key", await session.KeyAsync(check)), ("do", OperatorChange.Acknowledge), .. Ada];

        using HttpResponseMessage without = await OperatorSession.SendAsync(scene, OperatorCheckPage.PathOf(check), null, fields);
        using HttpResponseMessage byToken = await OperatorSession.SendAsync(scene, OperatorCheckPage.PathOf(check), null, fields, ("Authorization", $"Bearer {WebScene.Token}"));
        scene.Clock.Advance(TimeSpan.FromHours(12));
        using HttpResponseMessage late = await OperatorSession.SendAsync(scene, OperatorCheckPage.PathOf(check), session.Cookie, fields);

        foreach (HttpResponseMessage answer in (HttpResponseMessage[])[without, byToken, late])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Contains("nothing was changed", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.Empty(scene.Changes);
    }

    [Theory]
    [InlineData("", "x", "1h", "by: is empty")]
    [InlineData("  ", "x", "1h", "by: is empty")]
    [InlineData("a\nb", "x", "1h", "by: has an invisible or control character")]
    [InlineData("ada", "a\u001b[2Jb", "1h", "note: has an invisible or control character")]
    [InlineData("ada", "a\u202eb", "1h", "note: has an invisible or control character")]
    [InlineData("ada", "long", "1h", "note: is 257 characters long")]
    [InlineData("ada", "x", "0s", "for: is no time")]
    [InlineData("ada", "x", "31d", "for: is no time")]
    [InlineData("ada", "x", "soon", "for: is no time")]
    public async Task Acknowledgement_ThatMakesNoSense_IsRefusedInWords(string by, string note, string time, string words)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);

        (HttpStatusCode status, string text) = await session.DoAsync(
            check, OperatorChange.Acknowledge, ("by", by), ("note", note == "long" ? new string('n', 257) : note), ("for", time));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains($"Nothing was changed: {words}", text, StringComparison.Ordinal);
        Assert.Null(scene.State.StatusOf(check.Id).Acknowledged);
    }

    [Fact]
    public async Task Form_ThatWasRefused_HoldsWhatWasTyped()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);
        scene.Health = scene.Health with { Quorum = false };

        (HttpStatusCode status, string text) = await session.DoAsync(check, OperatorChange.Acknowledge, Ada);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("there is no quorum: nothing was changed", text, StringComparison.Ordinal);
        Assert.Contains("value=\"disk <ordered>\"", text, StringComparison.Ordinal);
        Assert.Contains("<option value=8h selected>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ThatIsNone_IsNotFound()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);
        string key = await session.KeyAsync(check);
        Check gone = new() { Id = "c-ffffffffffff" };

        using HttpResponseMessage answer = await OperatorSession.SendAsync(scene, OperatorCheckPage.PathOf(gone), session.Cookie, [("key", key), ("do", OperatorChange.Acknowledge), .. Ada]);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await scene.StatusOfAsync(OperatorCheckPage.PathOf(gone), WebScene.Token));
        Assert.Empty(scene.Changes);
    }

    [Fact]
    public async Task Switch_TurnsTheCheckOffAndOn()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);

        Assert.Equal(HttpStatusCode.SeeOther, (await session.DoAsync(check, OperatorChange.Disable)).Status);
        Assert.True(scene.State.Checks.TryGet(check.Id, out Check? off) && !off.Enabled);
        Assert.DoesNotContain("shop", await scene.GetAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await session.DoAsync(check, OperatorChange.Enable)).Status);
        Assert.True(scene.State.Checks.TryGet(check.Id, out Check? on) && on.Enabled);
    }

    [Fact]
    public async Task Maintenance_OfOneCheck_BeginsAndIsEnded()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);

        Assert.Equal(HttpStatusCode.SeeOther, (await session.DoAsync(check, OperatorChange.Begin, ("name", "new disk"), ("for", "2h"))).Status);
        MaintenanceWindow window = Assert.Single(scene.State.Windows.Values);
        Assert.Equal((2 * 3_600_000, check.Id), (window.ToMs - window.FromMs, Assert.Single(window.CheckIds)));
        Assert.Contains("<strong>new disk</strong> until", await session.ReadAsync(check), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await session.DoAsync(check, OperatorChange.End, ("window", window.Id))).Status);
        Assert.Empty(scene.State.Windows.Values);
    }

    [Fact]
    public async Task Maintenance_OfOthersToo_IsNotEndedHere()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        Check other = scene.Check("other");
        OperatorSession session = await OperatorSession.OpenAsync(scene);
        await session.DoAsync(other, OperatorChange.Begin, ("name", "theirs"), ("for", "2h"));

        (HttpStatusCode status, string text) = await session.DoAsync(check, OperatorChange.End, ("window", scene.State.Windows.Values.Single().Id));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("is for other checks, too", text, StringComparison.Ordinal);
        Assert.Single(scene.State.Windows.Values);
    }

    [Theory]
    [InlineData("", "2h", "name: is empty")]
    [InlineData("a\u0007", "2h", "name: has an invisible")]
    [InlineData("disk", "31d", "for: is no time")]
    public async Task Maintenance_ThatMakesNoSense_IsRefusedInWords(string name, string time, string words)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);

        (HttpStatusCode status, string text) = await session.DoAsync(check, OperatorChange.Begin, ("name", name), ("for", time));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.Empty(scene.Changes);
    }

    [Fact]
    public async Task Page_WithoutASession_HasNoFormButTheLogin()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);

        Assert.DoesNotContain("shop", await scene.GetAsync(OperatorCheckPage.PathOf(check)), StringComparison.Ordinal);
        string byToken = await scene.GetAsync(OperatorCheckPage.PathOf(check), WebScene.Token);
        Assert.Contains("shop", byToken, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", byToken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfACheck_NamesEachNodeWithGradeAndLatency()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);
        scene.Sights[check.Id] = new(1, 2, "", [
            new(WebScene.Self, Quorum.History.ProbeGrade.Warn, TimeSpan.FromMilliseconds(12), "slow", TimeSpan.FromSeconds(3)),
            new(WebScene.Other, Quorum.History.ProbeGrade.Down, TimeSpan.FromSeconds(10), "connection refused", TimeSpan.FromSeconds(4)),
        ]);

        string page = await scene.GetAsync(OperatorCheckPage.PathOf(check), WebScene.Token);

        Assert.Contains($"{WebScene.Self}<td class=w>warn<td>12 ms<td>3 s ago<td>slow", page, StringComparison.Ordinal);
        Assert.Contains($"{WebScene.Other}<td class=d>down<td>10000 ms<td>4 s ago<td>connection refused", page, StringComparison.Ordinal);
    }
}
