using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Inventory;
using Uptrakit.Tests.Users;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Dashboard;

public sealed partial class PageTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private static readonly string[] ForStrangers = ["/sign-in", "/sign-in/code"];

    private static readonly string[] ForUsers =
    [
        "/", "/enrollment", "/settings/certificates", "/users", "/audit", "/account", "/account/api-tokens", "/account/recovery-codes",
        "/device", "/not-found",
    ];

    [Fact]
    public async Task Pages_AllOfThem_LetNoInlineScriptRunAndAreNotFramed()
    {
        TestHub hub = shared.Hub;

        foreach ((string path, Page page) in await AllAsync(hub))
        {
            string policy = page.Headers["Content-Security-Policy"];
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("no-referrer", page.Headers["Referrer-Policy"]);
            Assert.Contains("no-store", page.Headers["Cache-Control"], StringComparison.Ordinal);
            Assert.False(Inline().IsMatch(page.Html), $"{path} has a script, a style element or a handler in the page");
            Assert.DoesNotContain("http://", page.Html.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pages_AllOfThem_HoldNoSecret()
    {
        TestHub hub = shared.Hub;
        string api = (await hub.TokenAsync())!.Token;
        string enrollment = (await hub.Services.GetRequiredService<EnrollmentTokens>()
            .CreateAsync(new CreateEnrollmentTokenRequest("web"), "test", TestHub.Cancel)).Value!.Token;

        foreach ((string path, Page page) in await AllAsync(hub))
        {
            foreach (string secret in (string[])[api, enrollment, "upk_", "upt1_", "PRIVATE KEY", TestHub.Password])
                Assert.False(page.Html.Contains(secret, StringComparison.Ordinal), $"{path} holds {secret[..4]}...");
        }
    }

    [Fact]
    public async Task Pages_AllOfThem_HaveAHeadingALanguageAndLabels()
    {
        TestHub hub = shared.Hub;

        foreach ((string path, Page page) in await AllAsync(hub))
        {
            Assert.True(page.Html.Contains("<html lang=\"en\">", StringComparison.Ordinal), path);
            Assert.True(Regex.Count(page.Html, "<h1[ >]") == 1, $"{path} has no heading, or several");
            Assert.Contains("<main", page.Html, StringComparison.Ordinal);
            foreach (Match field in Fields().Matches(page.Html))
            {
                string id = Regex.Match(field.Value, " id=\"([^\"]+)\"").Groups[1].Value;
                Assert.True(id.Length > 0 && page.Html.Contains($"<label for=\"{id}\"", StringComparison.Ordinal), $"{path}: {field.Value} has no label");
            }

            foreach (Match button in Buttons().Matches(page.Html))
                Assert.True(button.Groups[1].Value.Contains("aria-label", StringComparison.Ordinal)
                    || Regex.Replace(button.Groups[2].Value, "<[^>]+>", "").Trim().Length > 0, $"{path}: a button says nothing");
        }
    }

    [Fact]
    public async Task Pages_ForUsers_SendStrangersToSignIn()
    {
        TestHub hub = shared.Hub;
        using Browser stranger = hub.Browser();

        foreach (string path in ForUsers)
            Assert.Contains("/sign-in", (await stranger.GetAsync(path)).Location, StringComparison.Ordinal);
        Page circuit = await stranger.PostAsync("/_blazor/negotiate?negotiateVersion=1", []);
        Assert.NotEqual(HttpStatusCode.OK, circuit.Status);
    }

    [Fact]
    public async Task Fingerprint_OnTheScreen_IsThatOfTheServedRoot()
    {
        TestHub hub = shared.Hub;
        using Browser browser = hub.Browser();
        await browser.SignInAsync();
        CertificateFingerprint root = CertificateFingerprint.Of(hub.Services.GetRequiredService<AuthorityKeys>().Current.Anchor);

        string html = (await browser.GetAsync("/settings/certificates")).Html;

        Assert.Equal(root.ToString(), Regex.Match(html, "data-testid=\"ca-fingerprint\"[^>]*>([0-9a-f]{64})<").Groups[1].Value);
        Assert.Contains(FingerprintWords.Of(root).Replace('-', ' '), html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asset_WithItsTag_IsKeptForEver()
    {
        TestHub hub = shared.Hub;
        using Browser browser = hub.Browser();
        string url = Regex.Match((await browser.GetAsync("/sign-in")).Html, "/assets/dashboard.css[^\"]*").Value;

        Page tagged = await browser.GetAsync(url);
        Page untagged = await browser.GetAsync("/assets/dashboard.css");

        Assert.Contains("immutable", tagged.Headers["Cache-Control"], StringComparison.Ordinal);
        Assert.Equal("no-cache", untagged.Headers["Cache-Control"]);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/assets/../Program.cs")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/assets/nothing.js")).Status);
    }

    private static async Task<List<(string Path, Page Page)>> AllAsync(TestHub hub)
    {
        List<(string, Page)> pages = [];
        using Browser stranger = hub.Browser();
        using Browser user = hub.Browser();
        await user.SignInAsync();
        foreach (string path in ForStrangers)
            pages.Add((path, await stranger.GetAsync(path)));
        foreach (string path in ForUsers)
            pages.Add((path, await user.GetAsync(path)));
        Assert.All(pages, static page => Assert.True(page.Item2.Status == HttpStatusCode.OK, $"{page.Item1}: {page.Item2.Status}"));
        return pages;
    }

    [GeneratedRegex("<script(?![^>]* src=)|<style|\\son[a-z]+=\"|javascript:")]
    private static partial Regex Inline();

    [GeneratedRegex("<(?:input(?![^>]*type=\"hidden\")|select)[^>]*>")]
    private static partial Regex Fields();

    [GeneratedRegex("<button([^>]*)>(.*?)</button>", RegexOptions.Singleline)]
    private static partial Regex Buttons();
}
