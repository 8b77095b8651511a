using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed class ApiTests
{
    private static async Task<JsonNode> ReadAsync(WebScene scene, string path, string? token = null) =>
        JsonNode.Parse(await scene.GetAsync("/api/v1" + path, token))!;

    private static Check Fill(WebScene scene)
    {
        Check check = scene.Check("shop", static c =>
        {
            c.Group = "Sales";
            c.Tags.Add("blue");
            c.ParentIds.Add("c-00000000ffff");
        });
        Check hidden = scene.Check("inner", static c => c.Hidden = true);
        scene.Put(new Alert { Id = "a-000000000001", Name = "hook", Type = AlertType.Webhook, Enabled = true, Url = "https://hooks.example/secret-path", Secret = "s3cret" });
        scene.Flip(check, CheckState.Up);
        scene.Flip(hidden, CheckState.Down);
        scene.History.Record(check.Id, ProbeGrade.Up, TimeSpan.FromMilliseconds(20), "");
        scene.Pass(TimeSpan.FromHours(3));
        scene.Flip(check, CheckState.Down, static status => status.Acknowledged = new Acknowledgement { By = "ada", AtMs = 1, UntilMs = 2, Note = "on it" });
        scene.Sights[check.Id] = new(1, 2, "1 of 2", [new(WebScene.Self, ProbeGrade.Down, TimeSpan.FromMilliseconds(5), "refused", TimeSpan.FromSeconds(1))]);
        scene.Windows.Add(new("w-1", "Move", WebScene.Begin.AddHours(5), WebScene.Begin.AddHours(6), false, [check.Id, hidden.Id]));
        scene.Pass(TimeSpan.FromHours(1));
        return check;
    }

    [Fact]
    public async Task Answers_WithoutAToken_TellWhatThePageTells()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Fill(scene);

        foreach (string path in (string[])["/status", "/checks", $"/checks/{check.Id}", "/outages", "/maintenance"])
        {
            string text = await scene.GetAsync("/api/v1" + path);
            foreach (string inside in (string[])["inner", "example.net", "10.1.2.3", "refused", "ada", "\"tags\"", "\"node\"", "\"inside\"", "c-000000000002"])
                Assert.DoesNotContain(inside, text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, await scene.StatusOfAsync("/api/v1/checks/inner"));
        Assert.Equal("down", (string?)(await ReadAsync(scene, "/status"))["state"]);
        Assert.Equal(0.75, (double?)(await ReadAsync(scene, "/checks/shop"))["uptime"]!["7d"]);
        Assert.Single((await ReadAsync(scene, "/outages"))["outages"]!.AsArray());
    }

    [Fact]
    public async Task Outages_WithoutAToken_GoBackAsFarAsThePage()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("shop");
        scene.Flip(check, CheckState.Down);
        scene.Pass(TimeSpan.FromMinutes(5));
        scene.Flip(check, CheckState.Up);
        scene.Pass(TimeSpan.FromDays(20));

        Assert.Empty((await ReadAsync(scene, "/outages?since=30d"))["outages"]!.AsArray());
        Assert.Single((await ReadAsync(scene, "/outages?since=30d", WebScene.Token))["outages"]!.AsArray());
    }

    [Theory]
    [InlineData("/nodes")]
    [InlineData("/alerts")]
    [InlineData("/checks/shop/history")]
    public async Task Answers_OfTheInside_NeedTheToken(string path)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Fill(scene);

        using HttpResponseMessage without = await scene.SendAsync("/api/v1" + path);
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal("Bearer", without.Headers.WwwAuthenticate.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync("/api/v1" + path, "wrong"));
        Assert.Equal(HttpStatusCode.OK, await scene.StatusOfAsync("/api/v1" + path, WebScene.Token));
    }

    [Fact]
    public async Task Token_ThatIsWrong_IsRefusedOnPublicAnswersToo()
    {
        await using WebScene scene = await WebScene.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync("/api/v1/status", "wrong"));
    }

    [Fact]
    public async Task Answers_WithTheToken_TellAllButSecrets()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = Fill(scene);

        JsonNode inside = (await ReadAsync(scene, "/checks", WebScene.Token))["checks"]!.AsArray().Single(c => (string?)c!["id"] == check.Id)!["inside"]!;
        string alerts = await scene.GetAsync("/api/v1/alerts", WebScene.Token);
        JsonNode history = await ReadAsync(scene, "/checks/shop/history?since=5h", WebScene.Token);

        Assert.Equal("https://inner.example.net/secret", (string?)inside["target"]);
        Assert.Equal("refused", (string?)inside["nodes"]![0]!["detail"]);
        Assert.Equal("ada", (string?)inside["acknowledged"]!["by"]);
        Assert.Contains("hook", alerts, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", alerts, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-path", alerts, StringComparison.Ordinal);
        Assert.Equal(20, (double?)history["points"]![0]!["results"]!["mean_ms"]);
        Assert.Equal(0.75, (double?)history["uptime"]);
        Assert.Equal(2, (await ReadAsync(scene, "/outages", WebScene.Token))["outages"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("since=x", HttpStatusCode.BadRequest)]
    [InlineData("since=999999999999999999999d", HttpStatusCode.BadRequest)]
    [InlineData("since=0s", HttpStatusCode.BadRequest)]
    [InlineData("from=tomorrow", HttpStatusCode.BadRequest)]
    [InlineData("from=2026-11-28T12:00:00Z&to=2026-11-28T11:00:00Z", HttpStatusCode.BadRequest)]
    [InlineData("since=10000000d", HttpStatusCode.OK)]
    [InlineData("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", HttpStatusCode.OK)]
    [InlineData("since=1h&since=2h", HttpStatusCode.BadRequest)]
    public async Task Range_OfAnyKind_IsAnsweredOrRefused(string query, HttpStatusCode expected)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Fill(scene);

        Assert.Equal(expected, await scene.StatusOfAsync("/api/v1/checks/shop/history?" + query, WebScene.Token));
        Assert.Equal(expected, await scene.StatusOfAsync("/api/v1/outages?" + query));
    }

    [Fact]
    public async Task Document_NamesEveryRouteAndNoOther()
    {
        await using WebScene scene = await WebScene.StartAsync();
        JsonNode document = await ReadAsync(scene, "/openapi.json");

        string[] mapped = [.. scene.Web.Endpoints.OfType<RouteEndpoint>()
            .SelectMany(static endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => $"{endpoint.RoutePattern.RawText} {method.ToLowerInvariant()}") ?? [])
            .Where(static route => route.StartsWith("/api/", StringComparison.Ordinal) && !route.Contains("openapi.json", StringComparison.Ordinal) && !route.EndsWith("head", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

        Assert.Equal("3.1.0", (string?)document["openapi"]);
        Assert.Equal(mapped, document["paths"]!.AsObject()
            .SelectMany(static path => path.Value!.AsObject().Select(operation => $"{path.Key} {operation.Key}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_DescribesTheShapes()
    {
        await using WebScene scene = await WebScene.StartAsync();
        JsonObject schemas = (await ReadAsync(scene, "/openapi.json"))["components"]!["schemas"]!.AsObject();
        Type[] shapes = [.. typeof(ApiProblem).Assembly.GetTypes().Where(static type =>
            type.Namespace == typeof(ApiProblem).Namespace && type.Name.StartsWith("Api", StringComparison.Ordinal)
            && type is { IsSealed: true, IsAbstract: false } && type.GetMethod("<Clone>$") is not null && type != typeof(ApiRoute))];

        Assert.Equal(shapes.Select(static type => type.Name[3..]).Order(StringComparer.Ordinal), schemas.Select(static s => s.Key).Order(StringComparer.Ordinal));
        foreach (Type shape in shapes)
        {
            IEnumerable<string> names = shape.GetProperties().Select(static property =>
                property.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonPropertyNameAttribute), false)
                    .OfType<System.Text.Json.Serialization.JsonPropertyNameAttribute>().FirstOrDefault()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
            Assert.Equal(names.Order(StringComparer.Ordinal), schemas[shape.Name[3..]]!["properties"]!.AsObject().Select(static p => p.Key).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("/status", "/status")]
    [InlineData("/checks", "/checks")]
    [InlineData("/checks/shop", "/checks/{id}")]
    [InlineData("/checks/shop/history", "/checks/{id}/history")]
    [InlineData("/outages", "/outages")]
    [InlineData("/nodes", "/nodes")]
    [InlineData("/alerts", "/alerts")]
    [InlineData("/maintenance", "/maintenance")]
    public async Task Answers_AreAsTheDocumentSays(string path, string route)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Fill(scene);
        JsonNode document = await ReadAsync(scene, "/openapi.json");
        JsonNode schema = document["paths"]!["/api/v1" + route]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;

        Verify(await ReadAsync(scene, path, WebScene.Token), schema, document, path);
    }

    private static void Verify(JsonNode? value, JsonNode schema, JsonNode document, string where)
    {
        if ((string?)schema["$ref"] is { } reference)
            schema = document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]!;
        JsonValueKind kind = value?.GetValueKind() ?? JsonValueKind.Null;
        switch ((string?)schema["type"])
        {
            case "object":
                JsonObject properties = schema["properties"]!.AsObject();
                foreach ((string name, JsonNode? each) in value!.AsObject())
                    Verify(each, properties[name] ?? throw new InvalidOperationException($"{where}.{name} is not in the document"), document, $"{where}.{name}");
                foreach (JsonNode? required in schema["required"]?.AsArray() ?? [])
                    Assert.True(value.AsObject().ContainsKey((string)required!), $"{where} has no {required}");
                break;
            case "array":
                Assert.Equal(JsonValueKind.Array, kind);
                foreach (JsonNode? each in value!.AsArray())
                    Verify(each, schema["items"]!, document, where + "[]");
                break;
            case "boolean":
                Assert.True(kind is JsonValueKind.True or JsonValueKind.False, where);
                break;
            case "string":
                Assert.True(kind == JsonValueKind.String, where);
                break;
            default:
                Assert.True(kind == JsonValueKind.Number, where);
                break;
        }
    }
}
