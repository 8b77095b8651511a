using System.Net;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Tests.Checks;

public sealed class TargetResolverTests
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(1.5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(DnsMood.Silent))]
    [InlineData(nameof(DnsMood.Refuse))]
    [InlineData(nameof(DnsMood.Fail))]
    public async Task FirstServer_ThatFails_IsFollowedByTheSecond(string mood)
    {
        await using TestDns first = new(Enum.Parse<DnsMood>(mood));
        await using TestDns second = new(DnsMood.Answer, "203.0.113.5");
        using TargetResolver resolver = new(() => [], TimeProvider.System);

        Resolution found = await resolver.ResolveAsync("a.test", [first.Server, second.Server], s_budget, Cancel);

        Assert.Null(found.Failure);
        Assert.Equal("203.0.113.5", Assert.Single(found.Addresses).ToString());
        Assert.True(first.Questions > 0);
    }

    [Fact]
    public async Task ServerThatFailed_NextTime_IsAskedLast()
    {
        await using TestDns first = new(DnsMood.Refuse);
        await using TestDns second = new(DnsMood.Answer);
        using TargetResolver resolver = new(() => [], TimeProvider.System);
        await resolver.ResolveAsync("a.test", [first.Server, second.Server], s_budget, Cancel);
        int asked = first.Questions;

        await resolver.ResolveAsync("b.test", [first.Server, second.Server], s_budget, Cancel);

        Assert.Equal(asked, first.Questions);
    }

    [Fact]
    public async Task NoSuchName_FromTheFirst_IsTheAnswer()
    {
        await using TestDns first = new(DnsMood.NoSuchName);
        await using TestDns second = new(DnsMood.Answer);
        using TargetResolver resolver = new(() => [], TimeProvider.System);

        Resolution found = await resolver.ResolveAsync("a.test", [first.Server, second.Server], s_budget, Cancel);

        Assert.Equal("no such name", found.Failure);
        Assert.Equal(0, second.Questions);
    }

    [Fact]
    public async Task AllServers_Silent_IsAFailureWithinTheBudget()
    {
        await using TestDns silent = new(DnsMood.Silent);
        using TestWorld world = new([silent.Server]);

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http("http://a.test/", timeoutMs: 600), Cancel);

        Assert.False(outcome.Ok);
        Assert.Contains("no answer", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherFamily_WithoutAnswer_DoesNotHoldUpTheFirst()
    {
        await using TestDns server = new(DnsMood.OnlyA);
        using TargetResolver resolver = new(() => [], TimeProvider.System);

        Resolution found = await resolver.ResolveAsync("a.test", [server.Server], TimeSpan.FromMinutes(5), Cancel);

        Assert.Single(found.Addresses);
    }

    [Fact]
    public async Task Precedence_CheckThenClusterThenHost()
    {
        await using TestDns own = new(DnsMood.Answer, "203.0.113.1");
        await using TestDns cluster = new(DnsMood.Answer, "203.0.113.2");
        List<string> servers = [cluster.Server];
        using TargetResolver resolver = new(() => servers, TimeProvider.System, _ => [IPAddress.Parse("203.0.113.3")]);

        Assert.Equal("203.0.113.1", await FirstAsync(resolver, [own.Server]));
        Assert.Equal("203.0.113.2", await FirstAsync(resolver, []));
        servers.Clear();
        Assert.Equal("203.0.113.3", await FirstAsync(resolver, []));
    }

    [Fact]
    public async Task Literal_NeverAsksAnyone()
    {
        await using TestDns server = new(DnsMood.Answer);
        using TargetResolver resolver = new(() => [server.Server], TimeProvider.System, _ => throw new InvalidOperationException());

        Resolution found = await resolver.ResolveAsync("::ffff:192.0.2.1", [], s_budget, Cancel);

        Assert.Equal("192.0.2.1", Assert.Single(found.Addresses).ToString());
        Assert.Equal(0, server.Questions);
    }

    [Theory]
    [InlineData("1.1.1.1", "1.1.1.1:53")]
    [InlineData("1.1.1.1:5353", "1.1.1.1:5353")]
    [InlineData("2606:4700::1111", "[2606:4700::1111]:53")]
    [InlineData("[::1]:54", "[::1]:54")]
    public void Server_WithOrWithoutPort_IsRead(string text, string expected)
    {
        Assert.True(TargetResolver.TryParseServer(text, out IPEndPoint? server));
        Assert.Equal(expected, server.ToString());
    }

    [Fact]
    public async Task HostLookups_ThatHang_HoldUpNeitherCallersNorOthers()
    {
        using ManualResetEventSlim release = new();
        using TargetResolver resolver = new(() => [], TimeProvider.System, host =>
        {
            if (host.StartsWith("slow", StringComparison.Ordinal))
                release.Wait();
            return [IPAddress.Loopback];
        });
        using CancellationTokenSource caller = new();
        List<Task<Resolution>> slow = [.. Enumerable.Range(0, 5).Select(i =>
            resolver.ResolveAsync($"slow{i}.test", [], s_budget, caller.Token).AsTask())];

        Resolution quick = await resolver.ResolveAsync("quick.test", [], s_budget, Cancel);
        await caller.CancelAsync();

        Assert.Single(quick.Addresses);
        foreach (Task<Resolution> one in slow)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        release.Set();
    }

    [Fact]
    public async Task HostLookups_ManyForOneName_AskOnce()
    {
        using ManualResetEventSlim release = new();
        int asked = 0;
        using TargetResolver resolver = new(() => [], TimeProvider.System, _ =>
        {
            Interlocked.Increment(ref asked);
            release.Wait();
            return [IPAddress.Loopback];
        });

        List<Task<Resolution>> all = [.. Enumerable.Range(0, 50).Select(_ =>
            resolver.ResolveAsync("a.test", [], s_budget, Cancel).AsTask())];
        release.Set();
        await Task.WhenAll(all);

        Assert.Equal(1, asked);
    }

    private static async Task<string> FirstAsync(TargetResolver resolver, IReadOnlyList<string> own) =>
        (await resolver.ResolveAsync("a.test", own, s_budget, Cancel)).Addresses[0].ToString();
}
