using System.Net;
using Uptrakit.Quorum.Checks;

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
}
