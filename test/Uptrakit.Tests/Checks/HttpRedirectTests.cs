using System.Net;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class HttpRedirectTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0.0.0.0")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("169.254.169.254")]
    [InlineData("[fe80::1]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("inner.test")]
    [InlineData("metadata.test")]
    public async Task Redirect_FromOutsideToThisMachine_IsNotFollowed(string place)
    {
        await using RawServer inner = RawServer.Saying(200);
        await using RawServer outer = RawServer.Saying(302, "", $"Location: http://{place}:{inner.Port}/admin");
        using TestWorld world = new();
        world.Name("outer.test", "203.0.113.7").Name("inner.test", "127.0.0.1").Name("metadata.test", "169.254.169.254");

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http($"http://outer.test:{outer.Port}/"), Cancel);

        Assert.False(outcome.Ok);
        Assert.Contains("refused to follow", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(0, inner.Connections);
        Assert.Equal(IPAddress.Parse("203.0.113.7"), Assert.Single(world.Dialled));
    }

    [Fact]
    public async Task Redirect_ToANameWithOneAddressInside_DialsOnlyTheOther()
    {
        await using RawServer server = new((request, stream, cancel) => request.Path == "/"
            ? RawServer.ReplyAsync(stream, 302, "", [$"Location: http://mixed.test:{request.Header("Host")!.Split(':')[1]}/end"], cancel)
            : RawServer.ReplyAsync(stream, 200, "", [], cancel));
        using TestWorld world = new();
        world.Name("outer.test", "203.0.113.7").Name("mixed.test", "127.0.0.1", "203.0.113.8");

        Assert.True((await world.Http.ProbeAsync(TestChecks.Http($"http://outer.test:{server.Port}/"), Cancel)).Ok);
        Assert.Equal(["203.0.113.7", "203.0.113.8"], world.Dialled.Select(a => a.ToString()));
    }

    [Fact]
    public async Task Redirect_OutsideToOutside_IsFollowed()
    {
        await using RawServer end = RawServer.Saying(200);
        await using RawServer begin = RawServer.Saying(301, "", $"Location: http://other.test:{end.Port}/");
        using TestWorld world = new();
        world.Name("outer.test", "203.0.113.7").Name("other.test", "203.0.113.8");

        Assert.True((await world.Http.ProbeAsync(TestChecks.Http($"http://outer.test:{begin.Port}/"), Cancel)).Ok);
        Assert.Equal(1, end.Connections);
    }

    [Fact]
    public async Task Redirect_WhereTheTargetIsOnLoopback_StaysThereButNotLinkLocal()
    {
        await using RawServer server = new((request, stream, cancel) => request.Path switch
        {
            "/" => RawServer.ReplyAsync(stream, 302, "", ["Location: /next"], cancel),
            "/bad" => RawServer.ReplyAsync(stream, 302, "", ["Location: http://169.254.169.254/"], cancel),
            _ => RawServer.ReplyAsync(stream, 200, "", [], cancel),
        });
        using TestWorld world = new();

        Assert.True((await world.Http.ProbeAsync(TestChecks.Http(server.Url), Cancel)).Ok);
        Assert.False((await world.Http.ProbeAsync(TestChecks.Http(server.Url + "bad"), Cancel)).Ok);
    }

    [Fact]
    public async Task Redirect_InACircle_EndsAfterTen()
    {
        await using RawServer server = RawServer.Saying(302, "", "Location: /again");
        using TestWorld world = new();

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http(server.Url), Cancel);

        Assert.Equal("more than 10 redirects", outcome.Detail);
        Assert.Equal(11, server.Connections);
    }

    [Fact]
    public async Task Redirect_ThatIsExpected_IsTheAnswer()
    {
        await using RawServer server = RawServer.Saying(301, "", "Location: /elsewhere");
        using TestWorld world = new();

        Assert.True((await world.Http.ProbeAsync(TestChecks.Http(server.Url, expect: 301), Cancel)).Ok);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1/")]
    public async Task Redirect_ToAnotherScheme_Fails(string place)
    {
        await using RawServer server = RawServer.Saying(302, "", $"Location: {place}");
        using TestWorld world = new();

        Assert.False((await world.Http.ProbeAsync(TestChecks.Http(server.Url), Cancel)).Ok);
    }

    [Fact]
    public async Task Redirect_ToAnotherOrigin_GetsNoHeadersAndNoPassword()
    {
        await using RawServer end = RawServer.Saying(200);
        await using RawServer begin = new((request, stream, cancel) => RawServer.ReplyAsync(
            stream, 307, "", [request.Path == "/" ? "Location: /near" : $"Location: http://127.0.0.1:{end.Port}/far"], cancel));
        using TestWorld world = new();
        Check check = TestChecks.Http(begin.Url);
        check.Http = new HttpOptions { Method = "PUT", Body = "text", User = "tom", Password = new Secret { Text = "geheim" } };
        check.Http.Headers.Add(new HttpHeader { Name = "X-Key", Value = new Secret { Text = "geheim" } });

        Assert.True((await world.Http.ProbeAsync(check, Cancel)).Ok);

        RawRequest near = begin.Requests.Last();
        Assert.Equal("geheim", near.Header("X-Key"));
        Assert.NotNull(near.Header("Authorization"));
        RawRequest far = Assert.Single(end.Requests);
        Assert.StartsWith("PUT /far ", far.Head, StringComparison.Ordinal);
        Assert.Equal("text"u8, far.Body);
        Assert.Null(far.Header("Authorization"));
        Assert.Null(far.Header("X-Key"));
    }

    [Theory]
    [InlineData("POST", 303, "GET")]
    [InlineData("POST", 302, "GET")]
    [InlineData("PUT", 301, "GET")]
    [InlineData("HEAD", 303, "HEAD")]
    [InlineData("POST", 308, "POST")]
    public async Task Redirect_OfAMethod_RepeatsItOnlyWhereItSaysSo(string method, int status, string then)
    {
        await using RawServer server = new((request, stream, cancel) =>
            RawServer.ReplyAsync(stream, request.Path == "/" ? status : 200, "", ["Location: /next"], cancel));
        using TestWorld world = new();
        Check check = TestChecks.Http(server.Url);
        check.Http = new HttpOptions { Method = method, Body = "text" };

        Assert.True((await world.Http.ProbeAsync(check, Cancel)).Ok);

        RawRequest next = server.Requests.Last();
        Assert.StartsWith($"{then} /next ", next.Head, StringComparison.Ordinal);
        Assert.Equal(then == method, next.Body.Length > 0);
        Assert.Equal(then == method, next.Header("Content-Type") is not null);
    }

    [Theory]
    [InlineData(-1, 1, "HTTP 302, expected 2xx")]
    [InlineData(2, 3, "more than 2 redirects")]
    [InlineData(1000, 21, "more than 20 redirects")]
    public async Task Redirects_BeyondTheLimitOfTheCheck_AreNotFollowed(int limit, int connections, string detail)
    {
        await using RawServer server = RawServer.Saying(302, "", "Location: /again");
        using TestWorld world = new();
        Check check = TestChecks.Http(server.Url);
        check.Http = new HttpOptions { Redirects = limit };

        Assert.Equal(detail, (await world.Http.ProbeAsync(check, Cancel)).Detail);
        Assert.Equal(connections, server.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Redirect_Inwards_IsFollowedOnlyWhereTheCheckAllowsIt(bool allowed)
    {
        await using RawServer inner = RawServer.Saying(200);
        await using RawServer outer = RawServer.Saying(302, "", $"Location: http://127.0.0.1:{inner.Port}/");
        using TestWorld world = new();
        world.Name("outer.test", "203.0.113.7");
        Check check = TestChecks.Http($"http://outer.test:{outer.Port}/");
        check.Http = new HttpOptions { InnerRedirects = allowed };

        Assert.Equal(allowed, (await world.Http.ProbeAsync(check, Cancel)).Ok);
        Assert.Equal(allowed ? 1 : 0, inner.Connections);
    }
}
