using System.Diagnostics.CodeAnalysis;
using System.Net;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.Checks.Echo;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class IcmpProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("both.test")]
    public async Task Loopback_OfEitherFamily_Answers(string target)
    {
        SkipUnlessAllowed(target);
        using TargetResolver resolver = Resolver();
        IcmpProbe probe = new(resolver, TimeProvider.System);

        ProbeOutcome outcome = await probe.ProbeAsync(TestChecks.Of(CheckType.Icmp, target), Cancel);

        Assert.True(outcome.Ok, outcome.Detail);
        Assert.StartsWith("3 of 3 replies, ", outcome.Detail, StringComparison.Ordinal);
        // The mean of the replies, not the time of the whole series.
        Assert.True(outcome.Latency < TimeSpan.FromMilliseconds(200), outcome.Latency.ToString());
    }

    [Fact]
    public async Task Host_ThatDoesNotAnswer_FailsBeforeTheDeadline()
    {
        SkipUnlessAllowed("127.0.0.1");
        using TargetResolver resolver = Resolver();
        IcmpProbe probe = new(resolver, TimeProvider.System);

        // A tenth of the time is left for the words: on a busy machine that must be some.
        ProbeOutcome outcome = await probe.ProbeAsync(TestChecks.Of(CheckType.Icmp, "198.51.100.77", timeoutMs: 3000), Cancel);

        Assert.StartsWith("no reply to 3 echo requests", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_WhoseFirstFamilyIsDeaf_IsReachedByTheOther()
    {
        SkipUnlessAllowed("127.0.0.1");
        using TargetResolver resolver = Resolver();
        IcmpProbe probe = new(resolver, TimeProvider.System);
        Check check = TestChecks.Of(CheckType.Icmp, "deaf.test");
        check.Icmp = new IcmpOptions { Count = 2 };

        ProbeOutcome outcome = await probe.ProbeAsync(check, Cancel);

        Assert.StartsWith("2 of 2 replies", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, nameof(ProbeLevel.Failed))]
    [InlineData(1, 0, nameof(ProbeLevel.Warn))]
    [InlineData(9_000_000, 9_000_000, nameof(ProbeLevel.Ok))]
    public async Task Mean_AboveALevel_HasThatLevel(long slowMs, long tooSlowMs, string level)
    {
        SkipUnlessAllowed("127.0.0.1");
        using TargetResolver resolver = Resolver();
        // On loopback a reply takes microseconds: the clock of the probe counts them as hours.
        IcmpProbe probe = new(resolver, new FastClock());
        Check check = TestChecks.Of(CheckType.Icmp, "127.0.0.1", timeoutMs: 300_000);
        check.Icmp = new IcmpOptions { Count = 1, SlowMs = slowMs, TooSlowMs = tooSlowMs };

        ProbeOutcome outcome = await probe.ProbeAsync(check, Cancel);

        Assert.Equal(level, outcome.Level.ToString());
    }

    [Fact]
    public async Task Node_ThatMayNotSendIcmp_SaysWhatToDo()
    {
        using TargetResolver resolver = Resolver();
        IcmpProbe probe = new(resolver, TimeProvider.System, Denied);

        ProbeOutcome outcome = await probe.ProbeAsync(TestChecks.Of(CheckType.Icmp, "127.0.0.1"), Cancel);

        Assert.False(outcome.Ok);
        Assert.EndsWith("denied", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Descriptors_AfterManyProbes_AreAsFewAsBefore()
    {
        SkipUnlessAllowed("127.0.0.1");
        using TargetResolver resolver = Resolver();
        IcmpProbe probe = new(resolver, TimeProvider.System);
        Check check = TestChecks.Of(CheckType.Icmp, "deaf.test", timeoutMs: 400);
        check.Icmp = new IcmpOptions { Count = 1 };
        int before = Directory.GetFiles("/proc/self/fd").Length;

        await Parallel.ForEachAsync(Enumerable.Range(0, 300), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancel },
            async (_, cancel) => await probe.ProbeAsync(check, cancel));

        await Poll.UntilAsync(() => Directory.GetFiles("/proc/self/fd").Length < before + 100);
    }

    private static TargetResolver Resolver() => new(() => [], TimeProvider.System, host => host switch
    {
        "both.test" => [IPAddress.IPv6Loopback, IPAddress.Loopback],
        "deaf.test" => [IPAddress.Parse("2001:db8::77"), IPAddress.Loopback],
        _ => throw new ArgumentException(host),
    });

    private static bool Denied(IPAddress address, [NotNullWhen(true)] out EchoSocket? socket, out string problem)
    {
        (socket, problem) = (null, "denied");
        return false;
    }

    private static void SkipUnlessAllowed(string target)
    {
        IPAddress address = IPAddress.TryParse(target, out IPAddress? literal) ? literal : IPAddress.IPv6Loopback;
        bool allowed = EchoSocket.TryOpen(address, out EchoSocket? socket, out string problem);
        socket?.Dispose();
        Assert.SkipUnless(allowed, problem);
    }

    private sealed class FastClock : TimeProvider
    {
        public override long GetTimestamp() => base.GetTimestamp() * 1000;
    }
}
