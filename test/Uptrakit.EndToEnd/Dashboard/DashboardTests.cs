using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Playwright;
using Uptrakit.Tests.Shared.Cluster;
using static Microsoft.Playwright.Assertions;

namespace Uptrakit.EndToEnd.Dashboard;

public sealed class DashboardTests : IClassFixture<Chromium>
{
    private static readonly string[] Pages =
        ["/", "/enrollment", "/settings/certificates", "/users", "/audit", "/account", "/account/api-tokens", "/account/recovery-codes", "/device"];

    private readonly Chromium chromium;

    public DashboardTests(Chromium chromium)
    {
        this.chromium = chromium;
        chromium.Begin();
    }

    [Fact]
    public async Task Pages_InChromium_BreakNoRuleOfThePolicyAndFitAPhone()
    {

        foreach ((int width, ColorScheme scheme) in ((int, ColorScheme)[])[(1280, ColorScheme.Light), (400, ColorScheme.Dark)])
        {
            IPage page = await chromium.SignInAsync(width, scheme);
            foreach (string path in Pages)
            {
                await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.NetworkIdle });
                await Expect(page.Locator("h1")).ToBeVisibleAsync();
                Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{path} is wider than {width}");
                Assert.Equal(scheme == ColorScheme.Dark ? "dark" : "light", await page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
            }
        }

        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task Fingerprint_OnTheScreen_IsWhatOpensslSaysOfTheServedRoot()
    {
        IPage page = await chromium.SignInAsync();
        string bundle = await (await page.APIRequest.GetAsync("/api/v1/pki/ca.crt", new() { IgnoreHTTPSErrors = true })).TextAsync();
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, bundle, Chromium.Cancel);

        Ran openssl = (await Ran.OfAsync(new("openssl", ["x509", "-in", file, "-noout", "-fingerprint", "-sha256"]), Chromium.Cancel)).Expect(0);
        File.Delete(file);
        await page.GotoAsync("/settings/certificates");
        string shown = await page.GetByTestId("ca-fingerprint").InnerTextAsync();

        Assert.Equal(openssl.Output.Split('=')[1].Trim().Replace(":", "", StringComparison.Ordinal).ToLowerInvariant(), shown);
        Assert.Equal(await chromium.Controller.FingerprintAsync(Chromium.Cancel), shown);
        await Expect(page.GetByTestId("ca-qr").Locator("svg")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Passkey_Registered_SignsInWithoutPassword()
    {
        IPage page = await chromium.SignInAsync();
        ICDPSession devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
            },
        });

        await page.GotoAsync("/account");
        await page.GetByLabel("Name of the new passkey").FillAsync("Test key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Expect(page.GetByText("The passkey is added.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Test key")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).First.ClickAsync();
        await Chromium.ArriveAsync(page, chromium.Controller.Url + "/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();

        await Chromium.ArriveAsync(page, chromium.Controller.Url + "/");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Services");
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task EnrollmentToken_Made_IsShownOnceAndIsInNoPage()
    {
        IPage page = await chromium.SignInAsync();
        List<string> bodies = [];
        page.Response += async (_, response) =>
        {
            if (response.Request.ResourceType == "document")
                bodies.Add(await response.TextAsync());
        };

        await page.GotoAsync("/enrollment", new() { WaitUntil = WaitUntilState.NetworkIdle });
        await page.GetByLabel("Name").FillAsync("web servers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create token" }).ClickAsync();
        string line = await page.GetByTestId("one-liner").InnerTextAsync();
        await page.ReloadAsync(new() { WaitUntil = WaitUntilState.NetworkIdle });

        Assert.Matches("^printf %s 'upt1_[A-Za-z0-9_-]+' \\| uptrakit-agent --enrollment-token-file -", line);
        await Expect(page.GetByTestId("one-liner")).ToHaveCountAsync(0);
        await Expect(page.GetByText("web servers")).ToBeVisibleAsync();
        Assert.NotEmpty(bodies);
        Assert.All(bodies, static body => Assert.DoesNotContain("upt1_", body, StringComparison.Ordinal));
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task Device_ApprovedInTheBrowser_GetsAToken()
    {
        IPage page = await chromium.SignInAsync();
        using HttpClient device = await ClientAsync(page);
        JsonElement asked = await PostAsync(device, "/connect/device", ("client_id", "uptrakit-cli"));
        string code = asked.GetProperty("user_code").GetString()!;

        await page.GotoAsync("/device");
        await page.GetByLabel("Code that the device shows").FillAsync(code.ToLowerInvariant());
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByTestId("user-code")).ToHaveTextAsync(code);
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("The device is in");

        JsonElement token = await PostAsync(device, "/connect/token", ("client_id", "uptrakit-cli"),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", asked.GetProperty("device_code").GetString()!));
        device.DefaultRequestHeaders.Authorization = new("Bearer", token.GetProperty("access_token").GetString());
        Assert.Contains("alice", await device.GetStringAsync("/api/v1/me", Chromium.Cancel), StringComparison.Ordinal);
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task Services_NavigatedByKeyboard_ReachTheContent()
    {
        IPage page = await chromium.SignInAsync();
        await page.GotoAsync("/", new() { WaitUntil = WaitUntilState.NetworkIdle });

        await page.EvaluateAsync("document.activeElement.blur()");
        await page.Keyboard.PressAsync("Tab");
        string first = await page.EvaluateAsync<string>("document.activeElement.textContent");
        await page.GetByRole(AriaRole.Link, new() { Name = "Audit log" }).First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        Assert.True(first.Length > 0);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Audit log");
        Assert.EndsWith("/audit", page.Url, StringComparison.Ordinal);
    }

    /// <summary>A client that trusts the root with the fingerprint that the operator reads on the host, and nothing else.</summary>
    private async Task<HttpClient> ClientAsync(IPage page)
    {
        string bundle = await (await page.APIRequest.GetAsync("/api/v1/pki/ca.crt", new() { IgnoreHTTPSErrors = true })).TextAsync();
        X509Certificate2 root = X509Certificate2.CreateFromPem(bundle);
        Assert.Equal(await chromium.Controller.FingerprintAsync(Chromium.Cancel), Convert.ToHexStringLower(SHA256.HashData(root.RawData)));
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(root);
        return new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = { CertificateChainPolicy = policy } })
        {
            BaseAddress = new Uri(chromium.Controller.Url),
        };
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, params (string Name, string Value)[] fields)
    {
        using FormUrlEncodedContent body = new(fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)));
        using HttpResponseMessage reply = await client.PostAsync(path, body, Chromium.Cancel);
        using JsonDocument document = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Chromium.Cancel));
        return document.RootElement.Clone();
    }
}
