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

        ProbeOutcome outcome = await probe.ProbeAsync(TestChecks.Of(CheckType.Icmp, "198.51.100.77", timeoutMs: 400), Cancel);

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
    [InlineData(0, 1, ProbeLevel.Failed)]
    [InlineData(1, 0, ProbeLevel.Warn)]
    [InlineData(9_000_000, 9_000_000, ProbeLevel.Ok)]
    public async Task Mean_AboveALevel_HasThatLevel(long slowMs, long tooSlowMs, ProbeLevel level)
    {
        SkipUnlessAllowed("127.0.0.1");
        using TargetResolver resolver = Resolver();
        // On loopback a reply takes microseconds: the clock of the probe counts them as hours.
        IcmpProbe probe = new(resolver, new FastClock());
        Check check = TestChecks.Of(CheckType.Icmp, "127.0.0.1", timeoutMs: 300_000);
        check.Icmp = new IcmpOptions { Count = 1, SlowMs = slowMs, TooSlowMs = tooSlowMs };

        ProbeOutcome outcome = await probe.ProbeAsync(check, Cancel);

        Assert.Equal(level, outcome.Level);
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

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Reply_IsKnownByItsMarkOnly(bool isV6, bool hasHeader)
    {
        byte[] mark = new byte[EchoPacket.MarkLength];
        mark[3] = 9;
        byte[] packet = EchoPacket.Request(isV6, 1, 513, mark);
        byte[] header = new byte[hasHeader ? 24 : 0];
        if (hasHeader)
            header[0] = 0x46;
        Assert.Null(EchoPacket.SequenceOf([.. header, .. packet], isV6, hasHeader, mark));

        packet[0] = isV6 ? (byte)129 : (byte)0;
        Assert.Equal((ushort)513, EchoPacket.SequenceOf([.. header, .. packet], isV6, hasHeader, mark));
        Assert.Null(EchoPacket.SequenceOf([.. header, .. packet], isV6, hasHeader, new byte[EchoPacket.MarkLength]));
        Assert.Null(EchoPacket.SequenceOf([.. header, .. packet[..^1]], isV6, hasHeader, mark));
        if (hasHeader)
            Assert.Null(EchoPacket.SequenceOf(packet, isV6, hasHeader, mark));
    }

    [Fact]
    public void Packet_OfAnyBytes_NeverThrows() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(CsCheck.Gen.Byte.Array[0, 60], CsCheck.Gen.Bool, CsCheck.Gen.Bool),
        (bytes, isV6, hasHeader) => EchoPacket.SequenceOf(bytes, isV6, hasHeader, new byte[EchoPacket.MarkLength]) is null or >= 0);

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
