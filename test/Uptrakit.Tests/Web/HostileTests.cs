using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed class HostileTests
{
    private static async Task<string> TalkAsync(WebScene scene, string bytes, CancellationToken cancel)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, scene.Web.Address.Port, cancel);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), cancel);
        using MemoryStream answer = new();
        try
        {
            await stream.CopyToAsync(answer, cancel);
        }
        catch (IOException)
        {
            // Reset: as good as closed.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    [Fact]
    public async Task Request_ThatNeverEnds_IsCutOff()
    {
        await using WebScene scene = await WebScene.StartAsync();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));

        long begin = Stopwatch.GetTimestamp();
        await TalkAsync(scene, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", limit.Token);

        Assert.InRange(Stopwatch.GetElapsedTime(begin).TotalSeconds, 2, 15);
    }

    [Theory]
    [InlineData(5_000, "414")]
    [InlineData(3_000, "200")]
    public async Task Query_ThatIsHuge_IsRefused(int length, string status)
    {
        await using WebScene scene = await WebScene.StartAsync();
        string answer = await TalkAsync(
            scene, $"GET /?q={new string('a', length)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken);

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatIsHuge_IsRefused()
    {
        await using WebScene scene = await WebScene.StartAsync();
        string answer = await TalkAsync(
            scene,
            "POST /operator HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\n\r\ntoken=",
            TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_ThatIsNone_IsRefused()
    {
        await using WebScene scene = await WebScene.StartAsync();
        string body = string.Concat(Enumerable.Repeat("a&", 2000));
        string answer = await TalkAsync(
            scene,
            $"POST /operator HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}",
            TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/%00")]
    [InlineData("/g/%00%ff%fe")]
    [InlineData("/g/..%2f..%2fetc%2fpasswd")]
    [InlineData("/assets/..%2f..%2fqu")]
    [InlineData("/api/v1/checks/%3Cscript%3E")]
    [InlineData("/badge/%3Cscript%3E.svg")]
    [InlineData("/uptrakit.qu.control.Control/Status")]
    public async Task Path_OfAnyKind_IsNotFoundAndNotRepeated(string path)
    {
        await using WebScene scene = await WebScene.StartAsync();
        string answer = await TalkAsync(scene, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken);

        Assert.True(answer.StartsWith("HTTP/1.1 404", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), answer);
        Assert.DoesNotContain("script>", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_Inside_IsNotTold()
    {
        await using WebScene scene = await WebScene.StartAsync();
        scene.Check("web");
        scene.Breaks = true;

        using HttpResponseMessage answer = await scene.SendAsync("/");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_TellsAliveAndReadyApart()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await scene.StatusOfAsync("/healthz"), await scene.StatusOfAsync("/readyz")));

        scene.Health = scene.Health with { Quorum = false };
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (await scene.StatusOfAsync("/healthz"), await scene.StatusOfAsync("/readyz")));
        scene.Health = scene.Health with { Quorum = true, Fresh = false };
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await scene.StatusOfAsync("/readyz"));
    }

    [Fact]
    public async Task Head_HasNoBody_AndAssetsMayBeKept()
    {
        await using WebScene scene = await WebScene.StartAsync();
        foreach (string path in (string[])["/", Qu.Web.Assets.Style.Url, Qu.Web.Assets.Live.Url, Qu.Web.Assets.Icon.Url])
        {
            using HttpResponseMessage head = await scene.SendAsync(path, method: HttpMethod.Head);
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }

        using HttpResponseMessage style = await scene.SendAsync(Qu.Web.Assets.Style.Url);
        Assert.Contains("immutable", style.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }
}
