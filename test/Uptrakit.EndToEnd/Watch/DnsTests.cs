using System.Net;
using System.Net.Sockets;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>Every record and every answer of a real name server.</summary>
public sealed class DnsTests(WatchedNode shared) : WatchTest(shared)
{
    private const string Zone = """
        $ORIGIN example.test.
        $TTL 60
        @            SOA   ns1 hostmaster 2026112801 3600 600 86400 60
        @            NS    ns1
        @            NS    ns2.elsewhere.test.
        ns1          A     127.0.0.1
        @            MX    10 mx
        @            MX    20 backup.example.org.
        @            CAA   0 issue "ca.example.test"
        www          A     192.0.2.1
        www          A     192.0.2.2
        here         A     127.0.0.1
        six          AAAA  2001:db8::6
        alias        CNAME www
        dangling     CNAME nowhere
        circle       CNAME circle2
        circle2      CNAME circle
        _sip._tcp    SRV   1 2 5060 www
        txt          TXT   "v=spf1 -all" "second string"
        empty        TXT   ""
        bytes        TXT   "a\000b\010c\255d"
        nomail       MX    0 .
        hole.of.deep A     192.0.2.9

        """;

    private readonly Knot knot = new();
    private readonly UdpClient silent = new(new IPEndPoint(IPAddress.Loopback, 0));

    private string Silent => $"127.0.0.1:{((IPEndPoint)silent.Client.LocalEndPoint!).Port}";

    public override async ValueTask InitializeAsync()
    {
        Knot.SkipWhereMissing();
        await base.InitializeAsync();
        string big = string.Concat(Enumerable.Range(1, 60).Select(static i => $"big TXT \"record number {i}, which fills its packet up quickly\"\n"));
        await knot.StartAsync(new Dictionary<string, string?>
        {
            ["example.test"] = Zone + big,
            ["2.0.192.in-addr.arpa"] = "@ SOA ns1.example.test. hostmaster 1 3600 600 86400 60\n@ NS ns1.example.test.\n1 60 PTR www.example.test.\n",
            ["missing.test"] = null,
        }, Cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        await knot.DisposeAsync();
        silent.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public Task Records_OfEachType_AreReadFromKnot() => JudgeAsync(
        Ask("up", "A 192.0.2.", "www", "a"),
        Ask("up", "A 192.0.2.2", "www", "a", "--expect", "192.0.2.2"),
        Ask("down", "none holds", "www", "a", "--expect", "192.0.2.3"),
        Ask("up", "AAAA 2001:db8::6", "six", "aaaa"),
        Ask("up", "CNAME www.example.test", "alias", "cname"),
        Ask("up", "A 192.0.2.", "alias", "a"),
        Ask("up", "MX 20 backup.example.org", "", "mx", "--expect", "BACKUP.example"),
        Ask("up", "TXT v=spf1 -all", "txt", "txt"),
        Ask("up", "ns2.elsewhere.test", "", "ns", "--expect", "ns2"),
        Ask("up", "2026112801", "", "soa"),
        Ask("up", "SRV 1 2 5060 www.example.test", "_sip._tcp", "srv"),
        Ask("up", "ca.example.test", "", "caa"),
        new Expected("up", "PTR www.example.test", "dns", "192.0.2.1", "--record", "ptr", "--resolver", knot.Address));

    [Fact]
    public Task Answers_OfAZoneWithHoles_AreJudged() => JudgeAsync(
        Ask("down", "NXDOMAIN", "nowhere", "a"),
        Ask("up", "NXDOMAIN", "nowhere", "a", "--rcode", "NXDOMAIN"),
        Ask("down", "NOERROR, expected NXDOMAIN", "www", "a", "--rcode", "NXDOMAIN"),
        // A name that only leads to another, and one that has other records.
        Ask("down", "NOERROR, no A record", "of.deep", "a"),
        Ask("down", "NOERROR, no AAAA record", "www", "aaaa"),
        Ask("up", "NOERROR", "www", "aaaa", "--rcode", "NOERROR"),
        // An alias to nobody, and two that lead to each other.
        Ask("down", "", "dangling", "a"),
        Ask("up", "CNAME nowhere.example.test", "dangling", "cname"),
        Ask("down", "", "circle", "a"),
        // What is in the zone is told without what would steer a terminal.
        Ask("up", "TXT", "empty", "txt"),
        Ask("up", @"a\000b\010c\255d", "bytes", "txt"),
        Ask("up", "MX 0 .", "nomail", "mx"),
        new Expected("down", "REFUSED", "dns", "another.org", "--resolver", knot.Address),
        new Expected("up", "REFUSED", "dns", "another.org", "--rcode", "REFUSED", "--resolver", knot.Address),
        new Expected("down", "SERVFAIL", "dns", "www.missing.test", "--resolver", knot.Address),
        new Expected("up", "SERVFAIL", "dns", "www.missing.test", "--rcode", "SERVFAIL", "--resolver", knot.Address));

    [Fact]
    public async Task Resolvers_SilentRefusingOrCut_AreFollowedByWhatAnswers()
    {
        // Cut: knot sends nothing of it over UDP but the mark that says so; only over TCP there are 60.
        Expected big = Ask("up", "record number 60,", "big", "txt", "--expect", "record number 60,");
        // The first of them says nothing, is not there, or does not serve the zone.
        Expected afterSilence = new("up", "A 192.0.2.", "dns", "www.example.test", "--resolvers", $"{Silent},{knot.Address}");
        Expected afterNobody = new("up", "A 192.0.2.", "dns", "www.example.test", "--resolvers", $"127.0.0.1:{Ports.Free()},{knot.Address}");
        Expected onlySilence = new("down", "no answer", "dns", "www.example.test", "--resolvers", Silent, "--timeout", "3s");
        // Names of other checks go the same way.
        await using Target target = await Target.StartAsync();
        Expected site = new("up", "HTTP 200", "http", $"http://here.example.test:{target.Port}/", "--resolvers", $"{Silent},{knot.Address}");
        Expected nowhere = new("down", "no such name", "http", $"http://nowhere.example.test:{target.Port}/", "--resolvers", $"{Silent},{knot.Address}");

        await JudgeAsync(big, afterSilence, afterNobody, onlySilence, site, nowhere);
        Assert.True(silent.Available > 0, "the silent server was never asked");
    }

    /// <summary>In the program that ours replaces, these edits did nothing until it was started anew.</summary>
    [Fact]
    public async Task Edit_OfRecordAnswerOrResolvers_IsJudgedAtOnce()
    {
        Expected record = Ask("up", "A 192.0.2.", "www", "a", "--interval", "1h");
        Expected answer = Ask("down", "none holds", "www", "a", "--interval", "1h", "--expect", "another");
        Expected cluster = new("down", "", "dns", "www.example.test", "--interval", "1h", "--timeout", "2s");
        (await RunAsync("cluster", "resolvers", "set", Silent)).Expect(0);
        try
        {
            // Those of the cluster come before the one of the check.
            await JudgeAsync(cluster);
            (await RunAsync("cluster", "resolvers", "set", knot.Address)).Expect(0);
            await JudgeAsync(record, answer);
            await EditAsync(record, "--record", "mx");
            await EditAsync(answer, "--expect", "192.0.2.1");
            await EditAsync(cluster, "--timeout", "3s");
            await SeenAsync(
                record with { State = "down", Words = "no MX record" },
                answer with { State = "up", Words = "192.0.2.1" },
                cluster with { State = "up", Words = "A 192.0.2." });
        }
        finally
        {
            (await RunAsync("cluster", "resolvers", "clear")).Expect(0);
        }
    }

    private Expected Ask(string state, string words, string name, string record, params string[] options) =>
        new(state, words, "dns", name.Length == 0 ? "example.test" : $"{name}.example.test", ["--record", record, "--resolver", knot.Address, .. options]);
}
