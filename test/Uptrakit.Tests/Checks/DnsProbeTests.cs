using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.Checks.Lookups;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class DnsProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, byte[], string> Records => new()
    {
        { "", 1, [203, 0, 113, 5], "A 203.0.113.5" },
        { "A", 1, [203, 0, 113, 5], "A 203.0.113.5" },
        { "aaaa", 28, IPAddress.Parse("2001:db8::5").GetAddressBytes(), "AAAA 2001:db8::5" },
        { "cname", 5, ScriptedDns.Name("Other.test"), "CNAME Other.test" },
        { "ns", 2, [3, .. "ns1"u8, 0xC0, 12], "NS ns1.a.test" },
        { "ptr", 12, ScriptedDns.Name("host.test"), "PTR host.test" },
        { "mx", 15, [0, 10, .. ScriptedDns.Name("mail.test")], "MX 10 mail.test" },
        { "mx", 15, [0, 0, 0], "MX 0 ." },
        { "txt", 16, [3, .. "v=s"u8, 4, .. "pf1\n"u8], "TXT v=spf1\\010" },
        { "soa", 6, [.. ScriptedDns.Name("ns.test"), .. ScriptedDns.Name("root.test"), 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4], "SOA ns.test root.test 7 1 2 3 4" },
        { "srv", 33, [0, 1, 0, 2, 0x14, 0x66, .. ScriptedDns.Name("xmpp.test")], "SRV 1 2 5222 xmpp.test" },
        { "caa", 257, [0, 5, .. "issue"u8, .. "ca.test"u8], "CAA 0 issue \"ca.test\"" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Record_OfEachType_IsShown(string record, int type, byte[] data, string detail)
    {
        await using ScriptedDns server = ScriptedDns.Saying((type, data));

        ProbeOutcome outcome = await ProbeAsync(server, new DnsOptions { Record = record });

        Assert.Equal((true, detail), (outcome.Ok, outcome.Detail));
    }

    [Theory]
    [InlineData("10 MAIL", true, "MX 10 mail.test")]
    [InlineData("second.test.", true, "MX 20 second.test")]
    [InlineData("third", false, "MX 10 mail.test and 1 more, none holds the expected text")]
    public async Task Expectation_OverAllAnswers_Decides(string expect, bool ok, string detail)
    {
        await using ScriptedDns server = ScriptedDns.Saying(
            (5, ScriptedDns.Name("third.test")), (15, [0, 10, .. ScriptedDns.Name("mail.test")]), (15, [0, 20, .. ScriptedDns.Name("second.test")]));

        ProbeOutcome outcome = await ProbeAsync(server, new DnsOptions { Record = "mx", Expect = expect });

        Assert.Equal((ok, detail), (outcome.Ok, outcome.Detail));
    }

    [Theory]
    [InlineData(0, "", false, "NOERROR, no A record")]
    [InlineData(3, "", false, "NXDOMAIN, expected NOERROR")]
    [InlineData(3, "nxdomain", true, "NXDOMAIN")]
    [InlineData(0, "NXDOMAIN", false, "NOERROR, expected NXDOMAIN")]
    [InlineData(0, "NOERROR", true, "NOERROR")]
    [InlineData(5, "REFUSED", true, "REFUSED")]
    [InlineData(2, "SERVFAIL", true, "SERVFAIL")]
    public async Task Code_AgainstWhatIsExpected_Decides(int code, string rcode, bool ok, string detail)
    {
        await using ScriptedDns server = new((question, _) => ScriptedDns.Reply(question, code));

        ProbeOutcome outcome = await ProbeAsync(server, new DnsOptions { Rcode = rcode });

        Assert.Equal((ok, detail), (outcome.Ok, outcome.Detail));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(-1)]
    public async Task FirstServer_ThatFailsOverEither_IsFollowedByTheSecond(int code)
    {
        await using ScriptedDns first = new((question, _) => code < 0 ? null : ScriptedDns.Reply(question, code));
        await using ScriptedDns silentOverTcp = new((question, tcp) => tcp ? null : ScriptedDns.Cut(ScriptedDns.Reply(question, 0)));
        await using ScriptedDns last = ScriptedDns.Saying((1, [203, 0, 113, 9]));
        Check check = TestChecks.Of(CheckType.Dns, "a.test", timeoutMs: 9000);
        check.Resolvers.Add([first.Server, silentOverTcp.Server, last.Server]);

        ProbeOutcome outcome = await ProbeAsync(check, []);

        Assert.Equal("A 203.0.113.9", outcome.Detail);
        Assert.True(first.Questions > 0);
        Assert.Equal(1, silentOverTcp.Calls);
    }

    [Fact]
    public async Task Answer_ThatDidNotFit_IsAskedForOverTcp()
    {
        (int, byte[])[] many = [.. Enumerable.Range(0, 200).Select(i => (1, (byte[])[203, 0, 113, (byte)i]))];
        await using ScriptedDns server = new((question, tcp) => tcp ? ScriptedDns.Reply(question, 0, many) : ScriptedDns.Cut(ScriptedDns.Reply(question, 0)));

        ProbeOutcome outcome = await ProbeAsync(server, new DnsOptions { Expect = "203.0.113.199" });

        Assert.True(outcome.Ok, outcome.Detail);
        Assert.Equal((1, 1), (server.Questions, server.Calls));
    }

    [Fact]
    public async Task Packet_ThatGotLost_IsSentAgain()
    {
        // A second passes when the first packet is lost, and none otherwise, however busy the machine is.
        FakeTimeProvider clock = new();
        int asked = 0;
        await using ScriptedDns server = new((question, _) =>
        {
            if (++asked > 1)
                return ScriptedDns.Reply(question, 0, (1, [203, 0, 113, 9]));
            clock.Advance(TimeSpan.FromSeconds(1));
            return null;
        });
        Check check = TestChecks.Of(CheckType.Dns, "a.test", timeoutMs: 3000);
        check.Dns = new DnsOptions { Resolver = server.Server };

        Assert.True((await ProbeAsync(check, [], clock)).Ok);
        Assert.Equal(2, server.Questions);
    }

    [Fact]
    public async Task Server_ThatDoesNotKnowTheAdditionalRecord_IsAskedWithoutIt()
    {
        await using ScriptedDns server = new((question, _) =>
            question[11] == 1 ? ScriptedDns.Reply(question, 1) : ScriptedDns.Reply(question, 0, (1, [203, 0, 113, 9])));

        Assert.True((await ProbeAsync(server, new DnsOptions())).Ok);
    }

    [Fact]
    public async Task Guess_WithAnotherNumberOrQuestion_IsNotTaken()
    {
        int turn = 0;
        await using ScriptedDns server = new((question, _) =>
        {
            byte[] reply = ScriptedDns.Reply(question, 0, (1, [203, 0, 113, 66]));
            if (turn++ == 0)
                reply[0] ^= 1;
            else
                reply[13] ^= 1;
            return reply;
        });
        Check check = TestChecks.Of(CheckType.Dns, "a.test", timeoutMs: 600);
        check.Dns = new DnsOptions { Resolver = server.Server };

        Assert.Contains("no answer", (await ProbeAsync(check, [])).Detail, StringComparison.Ordinal);
    }

    public static TheoryData<int, byte[]> Holes => new()
    {
        { 1, [1, 2, 3] },
        { 1, [] },
        { 28, [1, 2, 3, 4] },
        { 5, [0xC0, 0xFF] },
        { 5, [0xC0] },
        { 5, [0xC0, 44] },
        { 5, [1, (byte)'a', 0xC0, 41] },
        { 5, [63] },
        { 5, [0x80, 1, 2] },
        { 15, [0] },
        { 16, [200, 1, 2] },
        { 33, [0, 1, 0, 2] },
        { 6, [0, 0, 1] },
        { 257, [0, 200] },
    };

    [Theory]
    [MemberData(nameof(Holes))]
    public async Task Record_WithAHole_IsABrokenAnswer(int type, byte[] data)
    {
        await using ScriptedDns server = ScriptedDns.Saying((type, data));

        ProbeOutcome outcome = await ProbeAsync(server, new DnsOptions { Expect = "x" });

        Assert.False(outcome.Ok);
        Assert.Contains("broken answer", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Message_OfAnyBytes_NeverThrows() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(CsCheck.Gen.Int[0, 400], CsCheck.Gen.Byte, CsCheck.Gen.Int[0, 400]),
        ((int At, byte Value, int Cut) change) =>
        {
            byte[] question = DnsMessage.Question("a.test", DnsType.Soa)!;
            byte[] reply = ScriptedDns.Reply(
                question, 0, (6, [.. ScriptedDns.Name("ns.test"), 0xC0, 12, .. new byte[20]]), (16, [5, .. "hello"u8]), (257, [0, 1, (byte)'a', 1]));
            reply[change.At % reply.Length] = change.Value;
            _ = DnsMessage.TryRead(reply.AsSpan(0, Math.Max(0, reply.Length - change.Cut)), out _);
            _ = DnsMessage.Answers(reply.AsSpan(0, Math.Max(0, reply.Length - change.Cut)), question);
            return true;
        });

    [Theory]
    [InlineData("192.0.2.7", "7.2.0.192.in-addr.arpa")]
    [InlineData("2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    [InlineData("x.in-addr.arpa", "x.in-addr.arpa")]
    public void Address_AskedForItsName_IsTurnedRound(string target, string name)
    {
        Check check = TestChecks.Of(CheckType.Dns, target);
        check.Dns = new DnsOptions { Record = "ptr" };

        DnsPlan plan = new(check);

        Assert.Equal((null, name), (plan.Fault, plan.Name));
    }

    [Theory]
    [InlineData("a..test", "a", "", "not a name")]
    [InlineData("größe.test", "a", "", "not a name")]
    [InlineData("a.test", "any", "", "record 'any' is not known")]
    [InlineData("a.test", "a", "MAYBE", "rcode 'MAYBE' is not known")]
    public async Task Options_ThatMakeNoSense_FailInWords(string target, string record, string rcode, string words)
    {
        Check check = TestChecks.Of(CheckType.Dns, target);
        check.Dns = new DnsOptions { Record = record, Rcode = rcode };

        Assert.Contains(words, (await ProbeAsync(check, [])).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_ComeFromTheCheckThenTheClusterThenItsResolverThenTheMachine()
    {
        await using ScriptedDns own = ScriptedDns.Saying((1, [203, 0, 113, 1]));
        await using ScriptedDns cluster = ScriptedDns.Saying((1, [203, 0, 113, 2]));
        await using ScriptedDns resolver = ScriptedDns.Saying((1, [203, 0, 113, 3]));
        Check check = TestChecks.Of(CheckType.Dns, "a.test");
        check.Dns = new DnsOptions { Resolver = resolver.Server };
        Check with = check.Clone();
        with.Resolvers.Add(own.Server);

        Assert.Equal("A 203.0.113.1", (await ProbeAsync(with, [cluster.Server])).Detail);
        Assert.Equal("A 203.0.113.2", (await ProbeAsync(check, [cluster.Server])).Detail);
        Assert.Equal("A 203.0.113.3", (await ProbeAsync(check, [])).Detail);
    }

    [Fact]
    public void Machine_WithAnOrdinaryFile_NamesItsServers()
    {
        using Shared.ScratchFolder folder = new();
        File.WriteAllText(folder["resolv.conf"], "# x\nsearch a.test\nnameserver 192.0.2.1\n nameserver\t2001:db8::53 # y\nnameserver nonsense\n");

        Assert.Equal(
            ["192.0.2.1:53", "[2001:db8::53]:53"],
            new HostServers(TimeProvider.System, folder["resolv.conf"]).Now().Select(s => s.ToString()));
        Assert.Equal("127.0.0.1:53", Assert.Single(new HostServers(TimeProvider.System, folder["missing"]).Now()).ToString());
    }

    private static async Task<ProbeOutcome> ProbeAsync(ScriptedDns server, DnsOptions options)
    {
        Check check = TestChecks.Of(CheckType.Dns, "a.test", timeoutMs: 3000);
        options.Resolver = server.Server;
        check.Dns = options;
        return await ProbeAsync(check, []);
    }

    private static async Task<ProbeOutcome> ProbeAsync(Check check, IReadOnlyList<string> cluster, TimeProvider? time = null)
    {
        TimeProvider clock = time ?? TimeProvider.System;
        using TargetResolver resolver = new(() => cluster, clock);
        DnsProbe probe = new(resolver, new HostServers(clock), clock);
        return await probe.ProbeAsync(check, Cancel);
    }
}
