using System.Net;
using System.Text.RegularExpressions;

namespace Uptrakit.Tests.Users;

/// <summary>A browser without scripts: follows nothing by itself, fills in forms as they stand in the page.</summary>
internal sealed partial class Browser(TestHub hub, HttpMessageHandler handler) : IDisposable
{
    private readonly HttpClient client = new(handler) { BaseAddress = hub.Url };

    public async Task<Page> GetAsync(string path)
    {
        using HttpResponseMessage reply = await client.GetAsync(path, TestHub.Cancel);
        return await Page.OfAsync(reply);
    }

    /// <summary>Gets the page, fills in the form with that handler (or action), and posts it.</summary>
    public async Task<Page> SubmitAsync(string path, string form, params (string Name, string Value)[] fields)
    {
        Page page = await GetAsync(path);
        string html = Forms().Matches(page.Html).Select(static match => match.Value)
            .Single(one => one.Contains($"name=\"_handler\" value=\"{form}\"", StringComparison.Ordinal)
                || one.Contains($"action=\"{form}\"", StringComparison.Ordinal));
        Dictionary<string, string> values = Hidden().Matches(html).ToDictionary(
            static match => match.Groups["name"].Value, static match => WebUtility.HtmlDecode(match.Groups["value"].Value));
        foreach ((string name, string value) in fields)
            values[name] = value;
        string action = WebUtility.HtmlDecode(Action().Match(html).Groups[1].Value);
        return await PostAsync(action.Length > 0 ? action : path, values);
    }

    public async Task<Page> PostAsync(string path, Dictionary<string, string> values)
    {
        using FormUrlEncodedContent body = new(values);
        using HttpResponseMessage reply = await client.PostAsync(path, body, TestHub.Cancel);
        return await Page.OfAsync(reply);
    }

    public Task<Page> SignInAsync(string password = TestHub.Password, string name = "alice") =>
        SubmitAsync("/sign-in", "password", ("Given.Name", name), ("Given.Password", password));

    public void Dispose() => client.Dispose();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\"(?: value=\"(?<value>[^\"]*)\")?")]
    private static partial Regex Hidden();

    [GeneratedRegex("<form[^>]* action=\"([^\"]*)\"")]
    private static partial Regex Action();
}

/// <summary>An answer.</summary>
internal sealed record Page(HttpStatusCode Status, string Html, string? Location, IReadOnlyDictionary<string, string> Headers)
{
    public static async Task<Page> OfAsync(HttpResponseMessage reply) => new(
        reply.StatusCode,
        await reply.Content.ReadAsStringAsync(TestHub.Cancel),
        reply.Headers.Location?.ToString(),
        reply.Headers.Concat(reply.Content.Headers).ToDictionary(static header => header.Key, static header => string.Join("; ", header.Value), StringComparer.OrdinalIgnoreCase));
}
