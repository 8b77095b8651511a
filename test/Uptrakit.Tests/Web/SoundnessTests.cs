using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.Routing;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

/// <summary>What other programs read is in the form that they expect, whatever checks are called.</summary>
public sealed partial class SoundnessTests
{
    public static TheoryData<string> Names => ["plain", "<b>&\"'</b>", "]]>", "<!-- -- -->", "a\u0001\u000b\ufffeb", "\ud83d", "\ud83d\udc1d bees", "\u05d0\u202eb", new string('W', 64), "%s{{0}}"];

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$")]
    private static partial Regex Rfc822();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Feed_OfAnyName_IsSoundRss(string name)
    {
        await using WebScene scene = await WebScene.StartAsync(options => options with { Title = name, PublicUrl = new Uri("https://status.example.org/?a=1&b=2") });
        Check check = scene.Check(name);
        for (int i = 0; i < 3; i++)
        {
            scene.Flip(check, CheckState.Down);
            scene.Pass(TimeSpan.FromMinutes(7));
            scene.Flip(check, CheckState.Up);
            scene.Pass(TimeSpan.FromHours(3));
        }

        XElement rss = XDocument.Parse(await scene.GetAsync("/feed.xml")).Root!;
        XElement channel = Assert.Single(rss.Elements());
        XElement[] items = [.. channel.Elements("item")];

        Assert.Equal(("rss", "2.0"), (rss.Name.LocalName, rss.Attribute("version")?.Value));
        foreach (string wanted in (string[])["title", "link", "description"])
            Assert.NotEmpty(Assert.Single(channel.Elements(wanted)).Value);
        Assert.Equal(6, items.Length);
        Assert.Equal(6, items.Select(static item => item.Element("guid")!.Value).Distinct().Count());
        foreach (XElement item in items)
        {
            Assert.Equal("false", item.Element("guid")!.Attribute("isPermaLink")!.Value);
            string date = item.Element("pubDate")!.Value;
            Assert.Matches(Rfc822(), date);
            // The name of the day is the one that the date has.
            Assert.True(DateTime.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), date);
            Assert.Equal("https://status.example.org/?a=1&b=2", item.Element("link")!.Value);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Badge_OfAnyName_IsASoundPicture(string name)
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check(name);
        foreach (CheckState state in Enum.GetValues<CheckState>())
        {
            scene.Flip(check, state);
            foreach (string query in (string[])["", "?uptime=7d", "?uptime=90d"])
            {
                using HttpResponseMessage answer = await scene.SendAsync($"/badge/{check.Id}.svg{query}");
                XElement picture = XDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Root!;
                Assert.Equal("{http://www.w3.org/2000/svg}svg", picture.Name.ToString());
                Assert.Equal("image/svg+xml", answer.Content.Headers.ContentType!.MediaType);
                Assert.True(int.Parse(picture.Attribute("width")!.Value, CultureInfo.InvariantCulture) > 20);
                Assert.DoesNotContain(picture.Descendants(), static element => element.Name.LocalName is "script" or "b" or "image" or "a" or "foreignObject");
            }
        }
    }

    [Fact]
    public async Task Document_IsSoundOpenApi()
    {
        await using WebScene scene = await WebScene.StartAsync();
        JsonNode document = JsonNode.Parse(await scene.GetAsync("/api/v1/openapi.json"))!;
        HashSet<string> names = [];

        Assert.NotEqual("", (string?)document["info"]!["title"]);
        Assert.NotEqual("", (string?)document["info"]!["version"]);
        foreach ((string path, JsonNode? operations) in document["paths"]!.AsObject())
        {
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            foreach ((string method, JsonNode? operation) in operations!.AsObject())
            {
                Assert.Contains(method, (string[])["get", "post", "put", "delete"]);
                Assert.True(names.Add((string)operation!["operationId"]!), path);
                JsonNode?[] parameters = [.. operation["parameters"]?.AsArray() ?? []];
                Assert.Equal(
                    Placeholder().Matches(path).Select(static match => match.Groups[1].Value),
                    parameters.Where(static p => (string?)p!["in"] == "path").Select(static p => (string)p!["name"]!));
                Assert.All(parameters, static p => Assert.True((string?)p!["in"] == "query" || (bool)p["required"]!));
                JsonObject answers = operation["responses"]!.AsObject();
                Assert.Contains("200", answers);
                Assert.All(answers, static answer => Assert.True(answer.Key.Length == 3 && ((string?)answer.Value!["description"])!.Length > 0));
                foreach (JsonNode? requirement in operation["security"]!.AsArray())
                    Assert.All(requirement!.AsObject(), scheme => Assert.NotNull(document["components"]!["securitySchemes"]![scheme.Key]));
            }
        }

        foreach (string reference in References(document))
        {
            JsonNode? at = document;
            foreach (string step in reference.Split('/').Skip(1))
                at = at?[step];
            Assert.True(at is JsonObject, reference);
        }
    }

    [Fact]
    public async Task Document_EveryOperation_Answers()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Flip(scene.Check("shop"), CheckState.Down);
        JsonNode document = JsonNode.Parse(await scene.GetAsync("/api/v1/openapi.json"))!;
        int count = 0;
        foreach ((string path, JsonNode? operations) in document["paths"]!.AsObject())
        {
            foreach ((string method, JsonNode? operation) in operations!.AsObject())
            {
                using HttpRequestMessage request = new(new HttpMethod(method.ToUpperInvariant()), path.Replace("{id}", "shop", StringComparison.Ordinal));
                request.Headers.Add("Authorization", $"Bearer {WebScene.Token}");
                if (operation!["requestBody"] is not null)
                    request.Content = new StringContent("""{"by":"ada"}""", Encoding.UTF8, "application/json");
                using HttpResponseMessage answer = await scene.Client.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{method} {path}: {answer.StatusCode}");
                count++;
            }
        }

        Assert.Equal(10, count);
    }

    [Fact]
    public async Task Answers_OfEveryRoute_LetNothingInFromElsewhere()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Check("shop");
        (string Path, string Method)[] all = [.. scene.Web.Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
            (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (Filled(endpoint.RoutePattern.RawText!, check), method)))];

        foreach ((string path, string method) in all)
        {
            foreach (string? token in (string?[])[null, WebScene.Token])
            {
                using HttpResponseMessage answer = await scene.SendAsync(path, token, new HttpMethod(method));
                string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
                Assert.StartsWith("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", policy, StringComparison.Ordinal);
                Assert.True(policy.Contains("script-src", StringComparison.Ordinal) == policy.Contains("script-src 'self'", StringComparison.Ordinal), policy);
                Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
                Assert.True(path.StartsWith("/operator", StringComparison.Ordinal) || !policy.Contains("script", StringComparison.Ordinal), path);
                Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            }
        }

        Assert.True(all.Length > 30, $"only {all.Length} are mapped");
    }

    private static string Filled(string pattern, Check check) => pattern
        .Replace("{**group}", "Sales", StringComparison.Ordinal).Replace("{**file}", $"{check.Id}.svg", StringComparison.Ordinal).Replace("{**rest}", "nothing", StringComparison.Ordinal)
        .Replace("{name}", Qu.Web.Assets.Style.Name, StringComparison.Ordinal).Replace("{id}", check.Id, StringComparison.Ordinal)
        .Replace("{check}", check.Id, StringComparison.Ordinal).Replace("{key}", "k", StringComparison.Ordinal);

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(static pair => pair.Key == "$ref" ? [(string)pair.Value!] : References(pair.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
