using System.Net;
using System.Text.RegularExpressions;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

/// <summary>A browser in which the operator's view was opened.</summary>
internal sealed partial class OperatorSession(WebScene scene, string cookie)
{
    public string Cookie => cookie;

    public static async Task<OperatorSession> OpenAsync(WebScene scene)
    {
        using HttpResponseMessage answer = await SendAsync(scene, OperatorPage.Path, null, [("token", WebScene.Token)]);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return new(scene, answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    public async Task<string> ReadAsync(Check check)
    {
        using HttpResponseMessage answer = await scene.SendAsync(OperatorCheckPage.PathOf(check), headers: ("Cookie", cookie));
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What the forms of the check's page hold.</summary>
    public async Task<string> KeyAsync(Check check) => Key().Match(await ReadAsync(check)).Groups[1].Value;

    /// <summary>Sends a form of the check's page as the page would.</summary>
    public async Task<(HttpStatusCode Status, string Text)> DoAsync(Check check, string what, params (string Name, string Value)[] fields)
    {
        using HttpResponseMessage answer = await SendAsync(scene, OperatorCheckPage.PathOf(check), cookie, [("key", await KeyAsync(check)), ("do", what), .. fields], ("Sec-Fetch-Site", "same-origin"));
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    public static async Task<HttpResponseMessage> SendAsync(
        WebScene scene, string path, string? cookie, (string Name, string Value)[] fields, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Select(static field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        foreach ((string name, string value) in headers)
            request.Headers.Add(name, value);
        return await scene.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("name=key value=([0-9A-F]{64})>")]
    private static partial Regex Key();
}
