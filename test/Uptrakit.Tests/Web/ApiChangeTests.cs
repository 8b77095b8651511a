using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed class ApiChangeTests
{
    private const string Path = "/api/v1/checks/shop/acknowledge";
    private const string Ada = """{"by":"ada","note":"disk ordered","for":"8h"}""";

    private static Check Down(WebScene scene)
    {
        Check check = scene.Check("shop");
        scene.Flip(check, CheckState.Down);
        return check;
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(
        WebScene scene, HttpMethod method, string path, string? body, string? token = WebScene.Token, string type = "application/json", string? cookie = null)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        if (token is not null)
            request.Headers.Add("Authorization", $"Bearer {token}");
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        using HttpResponseMessage answer = await scene.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Acknowledgement_WithTheToken_IsAnsweredWithTheCheckAndTakenBack()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);

        (HttpStatusCode status, JsonNode? known) = await SendAsync(scene, HttpMethod.Post, Path, Ada);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("ada", "disk ordered"), ((string?)known!["inside"]!["acknowledged"]!["by"], (string?)known["inside"]!["acknowledged"]!["note"]));
        Assert.Equal(WebScene.Begin.AddHours(8).ToUnixTimeMilliseconds(), scene.State.StatusOf(check.Id).Acknowledged.UntilMs);

        (status, JsonNode? back) = await SendAsync(scene, HttpMethod.Delete, Path, null);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Null(back!["inside"]!["acknowledged"]);
        Assert.Null(scene.State.StatusOf(check.Id).Acknowledged);
    }

    [Fact]
    public async Task Acknowledgement_UntilAMoment_LastsUntilThen()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);

        await SendAsync(scene, HttpMethod.Post, $"/api/v1/checks/{check.Id}/acknowledge", """{"by":"ada","until":"2026-11-29T10:00:00+01:00"}""");

        Assert.Equal(new DateTimeOffset(2026, 11, 29, 9, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), scene.State.StatusOf(check.Id).Acknowledged.UntilMs);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Change_WithoutTheToken_IsRefused_AlsoWithACookie(string method)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Down(scene);
        OperatorSession session = await OperatorSession.OpenAsync(scene);
        string? body = method == "POST" ? Ada : null;

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(scene, new(method), Path, body, token: null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(scene, new(method), Path, body, token: "wrong")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(scene, new(method), Path, body, token: null, cookie: session.Cookie)).Status);
        Assert.Empty(scene.Changes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"by\":")]
    [InlineData("""{"by":7}""")]
    [InlineData("""{"by":"ada","unknown":"1"}""")]
    [InlineData("""{"note":"x"}""")]
    [InlineData("""{"by":"a\u0000b"}""")]
    [InlineData("""{"by":"ada","note":"a\nb"}""")]
    [InlineData("""{"by":"ada","for":"1h","until":"2026-11-29T10:00:00Z"}""")]
    [InlineData("""{"by":"ada","until":"2026-11-28T09:59:00Z"}""")]
    [InlineData("""{"by":"ada","until":"2027-11-28T09:59:00Z"}""")]
    [InlineData("""{"by":"ada","until":"tomorrow"}""")]
    [InlineData("""{"by":"ada","for":"-1h"}""")]
    public async Task Body_ThatMakesNoSense_IsABadRequest(string body)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Down(scene);

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(scene, HttpMethod.Post, Path, body)).Status);
        Assert.Null(scene.State.StatusOf(check.Id).Acknowledged);
    }

    [Fact]
    public async Task Note_ThatIsTooLong_IsRefusedByTheCluster()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Down(scene);

        (HttpStatusCode status, JsonNode? body) = await SendAsync(scene, HttpMethod.Post, Path, $$"""{"by":"ada","note":"{{new string('n', 257)}}"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), (status, (string?)body!["code"]));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(scene, HttpMethod.Post, Path, $$"""{"by":"ada","note":"{{new string('n', 256)}}"}""")).Status);
    }

    [Fact]
    public async Task Change_OfWhatCannotBe_SaysWhy()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Flip(scene.Check("fine"), CheckState.Up);
        Down(scene);

        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(scene, HttpMethod.Post, "/api/v1/checks/nobody/acknowledge", Ada)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(scene, HttpMethod.Delete, "/api/v1/checks/nobody/acknowledge", null)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(scene, HttpMethod.Post, "/api/v1/checks/fine/acknowledge", Ada)).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(scene, HttpMethod.Post, Path, Ada, type: "text/plain")).Status);
        scene.Health = scene.Health with { Quorum = false };
        (HttpStatusCode status, JsonNode? body) = await SendAsync(scene, HttpMethod.Post, Path, Ada);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no_quorum"), (status, (string?)body!["code"]));
        Assert.Contains("nothing was changed", (string?)body["message"], StringComparison.Ordinal);
    }
}
