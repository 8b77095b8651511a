using System.Net;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed class OperatorTests
{
    private static async Task<HttpResponseMessage> EnterAsync(WebScene scene, string token, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, OperatorPage.Path) { Content = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]) };
        foreach ((string name, string value) in headers)
            request.Headers.Add(name, value);
        return await scene.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string CookieOf(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie").Single();

    private static async Task<string> ReadAsync(WebScene scene, string cookie, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage answer = await scene.SendAsync(OperatorPage.Path, headers: [("Cookie", cookie.Split(';')[0]), .. headers]);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Token_OpensTheView_WithACookieThatOnlyThisSiteGets()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("shop");
        scene.Flip(check, CheckState.Down, static status => status.Acknowledged = new Acknowledgement { By = "ada", Note = "on it" });
        scene.Sights[check.Id] = new(1, 2, "1 of 2 see it down", [
            new(WebScene.Self, ProbeGrade.Up, TimeSpan.FromMilliseconds(12), "200", TimeSpan.FromSeconds(3)),
            new(WebScene.Other, ProbeGrade.Down, TimeSpan.FromSeconds(10), "connection refused", TimeSpan.FromSeconds(4)),
        ]);

        using HttpResponseMessage answer = await EnterAsync(scene, WebScene.Token, ("Sec-Fetch-Site", "same-origin"));
        string cookie = CookieOf(answer);
        string page = await ReadAsync(scene, cookie);

        Assert.Equal((HttpStatusCode.SeeOther, OperatorPage.Path), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(WebScene.Token, cookie, StringComparison.Ordinal);
        foreach (string wanted in (string[])["inner.example.net", "connection refused", "12 ms", "22222222", "1/2", "Acknowledged by ada: on it", "b.example.org:9901"])
            Assert.Contains(wanted, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task View_WithoutAToken_ShowsTheFormAndNothingElse()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Check("shop");

        string page = await scene.GetAsync(OperatorPage.Path);
        using HttpResponseMessage part = await scene.SendAsync(OperatorPage.Path, headers: ("X-Part", "live"));

        Assert.Contains("type=password", page, StringComparison.Ordinal);
        // Else a browser would send "null" as the origin of the form.
        using HttpResponseMessage form = await scene.SendAsync(OperatorPage.Path);
        Assert.Equal("same-origin", form.Headers.GetValues("Referrer-Policy").Single());
        Assert.DoesNotContain("shop", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, part.StatusCode);
    }

    [Fact]
    public async Task Part_IsWhatTheScriptPutsIntoThePage()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Check("shop");
        using HttpResponseMessage entered = await EnterAsync(scene, WebScene.Token);

        string part = await ReadAsync(scene, CookieOf(entered), ("X-Part", "live"));

        Assert.StartsWith("<p>As of", part, StringComparison.Ordinal);
        Assert.Contains("shop", part, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", part, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong-wrong-wrong-wrong")]
    [InlineData("")]
    public async Task Token_ThatIsWrong_OpensNothing(string token)
    {
        await using WebScene scene = await WebScene.StartAsync();
        using HttpResponseMessage answer = await EnterAsync(scene, token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Token_GuessedTooOften_IsRefusedInShortAndTheRightOnePassesAllTheSame()
    {
        await using WebScene scene = await WebScene.StartAsync();
        for (int i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync("/api/v1/nodes", $"wrong-{i}"));

        using HttpResponseMessage wrong = await EnterAsync(scene, WebScene.Token + "x");
        Assert.Equal(HttpStatusCode.TooManyRequests, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await scene.StatusOfAsync("/api/v1/nodes", WebScene.Token + "x"));
        Assert.Equal(HttpStatusCode.OK, await scene.StatusOfAsync("/"));

        // Behind a proxy the operator and Prometheus have the address of who guesses.
        using HttpResponseMessage form = await EnterAsync(scene, WebScene.Token);
        Assert.Equal(HttpStatusCode.SeeOther, form.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await scene.StatusOfAsync("/api/v1/nodes", WebScene.Token));
        Assert.Equal(HttpStatusCode.OK, await scene.StatusOfAsync("/metrics", WebScene.Token));

        scene.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync("/api/v1/nodes", WebScene.Token + "x"));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Form_OfAnotherSite_IsRefused(string header, string value)
    {
        await using WebScene scene = await WebScene.StartAsync();
        using HttpResponseMessage answer = await EnterAsync(scene, WebScene.Token, (header, value));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    /// <summary>A proxy ends HTTPS, and not every browser says same-origin.</summary>
    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Form_OfThisPlace_IsTakenByItsOriginAlone(string scheme)
    {
        await using WebScene scene = await WebScene.StartAsync();
        using HttpResponseMessage answer = await EnterAsync(scene, WebScene.Token, ("Origin", $"{scheme}://{scene.Web.Address.Authority}"));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task Cookie_EndsWithTheSession()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Check("shop");
        using HttpResponseMessage first = await EnterAsync(scene, WebScene.Token);
        using HttpResponseMessage second = await EnterAsync(scene, WebScene.Token);
        string left = CookieOf(first);
        string old = CookieOf(second);
        using HttpRequestMessage leave = new(HttpMethod.Post, OperatorPage.Path + "/leave") { Content = new FormUrlEncodedContent([]) };
        leave.Headers.Add("Cookie", left.Split(';')[0]);
        using HttpResponseMessage gone = await scene.Client.SendAsync(leave, TestContext.Current.CancellationToken);

        Assert.DoesNotContain("shop", await ReadAsync(scene, left), StringComparison.Ordinal);
        Assert.Contains("shop", await ReadAsync(scene, old), StringComparison.Ordinal);
        scene.Clock.Advance(TimeSpan.FromHours(12));
        Assert.DoesNotContain("shop", await ReadAsync(scene, old), StringComparison.Ordinal);
        Assert.DoesNotContain("shop", await ReadAsync(scene, "qu_operator=00"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task View_OfANodeWithoutAToken_DoesNotExist()
    {
        await using WebScene scene = await WebScene.StartAsync(static options => options with { Token = null });
        using HttpResponseMessage form = await EnterAsync(scene, "");

        Assert.Equal(HttpStatusCode.NotFound, form.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await scene.StatusOfAsync(OperatorPage.Path));
        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync("/api/v1/nodes"));
        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync("/api/v1/nodes", ""));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("short")]
    [InlineData("                         ")]
    [InlineData("0123456789abcdef0123456")]
    [InlineData("abcabcabcabcabcabcabcabcabcabcabcabc")]
    public void Token_ThatIsNone_IsRefusedWithWords(string? token)
    {
        Assert.False(OperatorToken.TryCreate(token, out _, out string fault));
        Assert.Contains("openssl rand", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_FindsByNameGroupTagAndState()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Check("alpha", static c => c.Tags.Add("blue"));
        scene.Flip(scene.Check("beta", static c => c.Group = "Sales"), CheckState.Down);

        async Task<bool> FindsAsync(string q, string name) => (await scene.GetAsync($"/operator?q={q}", WebScene.Token)).Contains($">{name}</a>", StringComparison.Ordinal);

        Assert.True(await FindsAsync("ALPHA", "alpha") && await FindsAsync("blue", "alpha") && await FindsAsync("sales", "beta") && await FindsAsync("down", "beta"));
        Assert.False(await FindsAsync("alpha", "beta") || await FindsAsync("down", "alpha"));
    }
}
