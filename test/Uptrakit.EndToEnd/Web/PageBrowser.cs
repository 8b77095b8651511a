using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Uptrakit.EndToEnd.Web;

/// <summary>Debian's Chromium, for the pages of a node.</summary>
public sealed class PageBrowser : IAsyncLifetime
{
    private const string Browser = "/usr/bin/chromium";
    private IPlaywright? playwright;
    private IBrowser browser = null!;

    /// <summary>What the browser complained of; a violation of the Content-Security-Policy is one.</summary>
    public List<string> Complaints { get; } = [];

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Browser))
            return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Browser, Args = ["--no-sandbox"] });
    }

    /// <summary>Skips the test where there is no browser, and forgets what earlier ones complained of.</summary>
    public void Begin()
    {
        Assert.SkipWhen(playwright is null, "Chromium is not installed: apt-get install chromium");
        Complaints.Clear();
    }

    public async Task<IPage> OpenAsync(Uri address, int width = 1280, ColorScheme scheme = ColorScheme.Light, bool script = true)
    {
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ColorScheme = scheme,
            JavaScriptEnabled = script,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
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

    public static async Task SignInAsync(IPage page, string token)
    {
        await page.GotoAsync("/operator");
        await page.GetByLabel("Token").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Assertions.Expect(page.Locator("h2").First).ToHaveTextAsync("Nodes");
    }

    /// <summary>What axe finds, in words: nothing of it is let pass, serious or not.</summary>
    public static async Task<string[]> FaultsAsync(IPage page)
    {
        AxeResult result = await page.RunAxe();
        Assert.NotEmpty(result.Passes);
        return [.. result.Violations.Select(violation =>
            $"{page.Url}: {violation.Impact} {violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Take(3).Select(static node => node.Html))}")];
    }

    /// <summary>For whoever wants to see them: UPTRAKIT_SCREENSHOTS names a folder.</summary>
    public static async Task KeepAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("UPTRAKIT_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
