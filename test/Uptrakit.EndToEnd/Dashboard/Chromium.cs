using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Playwright;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Dashboard;

/// <summary>A real Controller and Debian's Chromium, which takes this Controller's key and no other.</summary>
public sealed class Chromium : IAsyncLifetime
{
    public const string Password = "correct horse battery";
    private const string Browser = "/usr/bin/chromium";

    private readonly ScratchFolder scratch = new();
    private IPlaywright? playwright;
    private IBrowser browser = null!;

    public Chromium() => Controller = new ControllerProcess(scratch["hub"]);

    internal ControllerProcess Controller { get; }

    /// <summary>What the browser complained of; a violation of the Content-Security-Policy is one.</summary>
    public List<string> Complaints { get; } = [];

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Browser))
            return;
        await Controller.StartAsync(Cancel);
        string file = scratch["password"];
        await File.WriteAllTextAsync(file, Password, Cancel);
        (await Controller.AdminAsync(Cancel, "create-user", "alice", "--password-file", file)).Expect(0);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Browser,
            Args = ["--no-sandbox", $"--ignore-certificate-errors-spki-list={await KeyAsync(Controller)}"],
        });
    }

    /// <summary>Skips the test where there is no browser, and forgets what earlier ones complained of.</summary>
    public void Begin()
    {
        Assert.SkipWhen(playwright is null, "Chromium is not installed: apt-get install chromium");
        Complaints.Clear();
    }

    public async Task<IPage> OpenAsync(int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Controller.Url,
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 850 },
        });
        IPage page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, fault) => Complaints.Add($"{page.Url}: {fault}");
        return page;
    }

    public async Task<IPage> SignInAsync(int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        IPage page = await OpenAsync(width, scheme);
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name").FillAsync("alice");
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await ArriveAsync(page, Controller.Url + "/");
        await Assertions.Expect(page.GetByLabel("Password")).ToHaveCountAsync(0);
        return page;
    }

    /// <summary>Waits until the page is there. Not for its load event, which is another document's when a form is answered within the page.</summary>
    public static Task ArriveAsync(IPage page, string url) => Assertions.Expect(page).ToHaveURLAsync(url, new() { Timeout = 30_000 });

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        await Controller.DisposeAsync();
        scratch.Dispose();
    }

    /// <summary>base64 of SHA-256 of the key that the Controller shows, as openssl sees it.</summary>
    private static async Task<string> KeyAsync(ControllerProcess controller)
    {
        Ran shown = await Ran.OfAsync(new("openssl", ["s_client", "-connect", $"127.0.0.1:{controller.Port}", "-servername", "localhost"]), Cancel);
        int begin = shown.Output.IndexOf("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal);
        using X509Certificate2 leaf = X509Certificate2.CreateFromPem(shown.Output.AsSpan(begin));
        return Convert.ToBase64String(SHA256.HashData(leaf.PublicKey.ExportSubjectPublicKeyInfo()));
    }
}
