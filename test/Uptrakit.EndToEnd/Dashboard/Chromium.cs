using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Playwright;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Dashboard;

/// <summary>A real Controller and Debian's Chromium, which takes this Controller's key and no other.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    public const string Password = "correct horse battery";
    private const string Browser = "/usr/bin/chromium";

    private readonly string scratch;
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Chromium(ControllerProcess controller, IPlaywright playwright, IBrowser browser, string scratch)
    {
        (Controller, this.playwright, this.browser, this.scratch) = (controller, playwright, browser, scratch);
    }

    public ControllerProcess Controller { get; }

    /// <summary>What the browser complained of; a violation of the Content-Security-Policy is one.</summary>
    public List<string> Complaints { get; } = [];

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Chromium> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Browser), "Chromium is not installed: apt-get install chromium");
        string scratch = Directory.CreateTempSubdirectory("uptrakit-dashboard-").FullName;
        ControllerProcess controller = new(Path.Combine(scratch, "hub"));
        await controller.StartAsync(Cancel);
        string file = Path.Combine(scratch, "password");
        await File.WriteAllTextAsync(file, Password, Cancel);
        await CreateUserAsync(controller, file);

        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Browser,
            Args = ["--no-sandbox", $"--ignore-certificate-errors-spki-list={await KeyAsync(controller)}"],
        });
        return new Chromium(controller, playwright, browser, scratch);
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
        await page.WaitForURLAsync(Controller.Url + "/");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        await Controller.DisposeAsync();
        Directory.Delete(scratch, recursive: true);
    }

    /// <summary>On a machine that is busy with other tests the first call may take longer than a command waits; the change is made all the same.</summary>
    private static async Task CreateUserAsync(ControllerProcess controller, string file)
    {
        Ran ran = await controller.AdminAsync(Cancel, "create-user", "alice", "--password-file", file);
        if (ran.ExitCode == 4)
            ran = await controller.AdminAsync(Cancel, "create-user", "alice", "--password-file", file);
        Assert.True(ran.ExitCode == 0 || ran.Errors.Contains("already", StringComparison.Ordinal), ran.ToString());
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
