using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Tls;

namespace Uptrakit.Tests.Checks;

public sealed class TlsProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, 0, 0, nameof(ProbeLevel.Ok))]
    [InlineData(13, 0, 0, nameof(ProbeLevel.Warn))]
    [InlineData(15, 0, 0, nameof(ProbeLevel.Ok))]
    [InlineData(15, 30, 0, nameof(ProbeLevel.Warn))]
    [InlineData(15, 30, 20, nameof(ProbeLevel.Failed))]
    [InlineData(-1, 0, 0, nameof(ProbeLevel.Failed))]
    public async Task Certificate_ByTheDaysItHolds_HasALevel(int days, int warnDays, int failDays, string level)
    {
        using X509Certificate2 root = TestSite.Root();
        DateTimeOffset until = TestSite.Now.AddDays(days);
        using X509Certificate2 leaf = TestSite.Leaf(root, "web.test", until: until);
        await using TalkServer server = TalkServer.Of(leaf);
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server, new TlsOptions { WarnDays = warnDays, FailDays = failDays });

        Assert.Equal(level, outcome.Level.ToString());
        Assert.Contains("the certificate", outcome.Detail, StringComparison.Ordinal);
        Assert.InRange((until - outcome.CertificateEnds!.Value).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Certificate_OfTomorrow_Fails()
    {
        using X509Certificate2 root = TestSite.Root();
        using X509Certificate2 leaf = TestSite.Leaf(root, "web.test", from: TestSite.Now.AddDays(1));
        await using TalkServer server = TalkServer.Of(leaf);
        using TestWorld world = new();

        Assert.Contains("not valid before", (await ProbeAsync(world, server, new TlsOptions())).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web.test", true, true, null)]
    [InlineData("web.test", false, true, "the chain of the certificate is not trusted")]
    [InlineData("other.test", true, true, "the certificate is not for the name other.test")]
    [InlineData("other.test", false, false, null)]
    public async Task ChainAndName_CountOnlyWhenAskedFor(string sni, bool trusted, bool verify, string? fault)
    {
        using X509Certificate2 root = TestSite.Root();
        using X509Certificate2 leaf = TestSite.Leaf(root, "web.test");
        await using TalkServer server = TalkServer.Of(leaf);
        using TestWorld world = new(roots: trusted ? [root] : null);

        ProbeOutcome outcome = await ProbeAsync(world, server, new TlsOptions { Sni = sni, Verify = verify });

        Assert.Equal(fault is null, outcome.Ok);
        Assert.StartsWith(fault ?? "the certificate ends", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sni_OfTheCheck_IsWhatTheServerIsAskedFor()
    {
        using X509Certificate2 root = TestSite.Root();
        using X509Certificate2 leaf = TestSite.Leaf(root, "web.test");
        byte[] hello = new byte[2048];
        await using TalkServer server = new(async (stream, cancel) => _ = await stream.ReadAsync(hello, cancel));
        using TestWorld world = new();

        await ProbeAsync(world, server, new TlsOptions { Sni = "asked.test" });

        Assert.Contains("asked.test", Encoding.Latin1.GetString(hello), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smtp")]
    [InlineData("ftp")]
    [InlineData("imap")]
    [InlineData("pop3")]
    [InlineData("xmpp")]
    [InlineData("postgres")]
    [InlineData("mysql")]
    [InlineData("ldap")]
    public async Task StartTls_WithAServerThatAgrees_ShowsItsCertificate(string protocol)
    {
        using X509Certificate2 root = TestSite.Root();
        using X509Certificate2 leaf = TestSite.Leaf(root, "web.test");
        await using TalkServer server = new(async (stream, cancel) =>
        {
            await AgreeAsync(protocol, stream, cancel);
            await TalkServer.EncryptAsync(stream, leaf, cancel);
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server, new TlsOptions { StartTls = protocol });

        Assert.True(outcome.Ok, outcome.Detail);
    }

    [Theory]
    [InlineData("smtp", "554 no\r\n", "the server says '554 no'")]
    [InlineData("ftp", "530-a\r\n530 full\r\n", "the server says '530 full'")]
    [InlineData("imap", "* BYE\r\n", "the server says '* BYE'")]
    [InlineData("pop3", "-ERR\u001b[31m\r\n", "the server says '-ERR [31m'")]
    [InlineData("xmpp", "<stream:stream></stream:stream>", "does not offer it")]
    [InlineData("postgres", "N", "does not offer it")]
    [InlineData("postgres", "HTTP/1.1 400", "does not speak PostgreSQL's protocol")]
    [InlineData("mysql", "HTTP/1.1 400 Bad Request and more", "does not speak MySQL's protocol")]
    [InlineData("mysql", "\u0017\0\0\0\u00ff\u0069\u0004Host is blocked now.", "the server says 'Host is blocked now.'")]
    [InlineData("ldap", "HTTP/1.1 400 Bad Request", "does not speak LDAP")]
    [InlineData("ldap", "0\u000c\u0002\u0001\u0001x\u0007\n\u0001\u0035\u0004\0\u0004\0", "refuses with LDAP result 53")]
    [InlineData("smtp", "", "the server closed the connection")]
    [InlineData("gopher", "", "start_tls 'gopher' is not known")]
    public async Task StartTls_WithAServerThatDoesNot_FailsInWords(string protocol, string answer, string words)
    {
        await using TalkServer server = new((stream, cancel) => TalkServer.SayAsync(stream, answer, cancel));
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server, new TlsOptions { StartTls = protocol });

        Assert.False(outcome.Ok);
        Assert.Contains(words, outcome.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(outcome.Detail, char.IsControl);
    }

    [Fact]
    public async Task StartTls_WithWordsBehindTheLastOne_IsRefused()
    {
        await using TalkServer server = new(async (stream, cancel) =>
        {
            await TalkServer.AskAsync(stream, "220 hello\r\n", cancel);
            await TalkServer.AskAsync(stream, "250 hello\r\n", cancel);
            await TalkServer.SayAsync(stream, "220 go\r\n250 injected\r\n", cancel);
            await Task.Delay(Timeout.Infinite, cancel);
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server, new TlsOptions { StartTls = "smtp" });

        Assert.Contains("goes on in clear text", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smtp", "220-again\r\n")]
    [InlineData("imap", "x")]
    [InlineData("xmpp", "<a>")]
    public async Task StartTls_WithAServerThatNeverStops_Fails(string protocol, string again)
    {
        string more = string.Concat(Enumerable.Repeat(again, 1000));
        await using TalkServer server = new(async (stream, cancel) =>
        {
            while (true)
                await TalkServer.SayAsync(stream, more, cancel);
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server, new TlsOptions { StartTls = protocol });

        Assert.Contains("more than 16 KiB before TLS", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("smtp")]
    public async Task Server_ThatIsSilent_IsLeftAtTheDeadline(string protocol)
    {
        await using TalkServer server = new((_, cancel) => Task.Delay(Timeout.Infinite, cancel));
        using TestWorld world = new();
        Check check = TestChecks.Of(CheckType.Tls, server.Place, timeoutMs: 120);
        check.Tls = new TlsOptions { StartTls = protocol };

        Assert.Equal("no answer within 0.12 s", (await world.Tls.ProbeAsync(check, Cancel)).Detail);
    }

    [Fact]
    public async Task Server_ThatIsNotTls_FailsInACleanLine()
    {
        await using TalkServer server = new((stream, cancel) => TalkServer.SayAsync(stream, "SSH-2.0-\u001b[31m\r\n", cancel));
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server, new TlsOptions());

        Assert.False(outcome.Ok);
        Assert.InRange(outcome.Detail.Length, 1, PlainText.DetailLimit);
        Assert.DoesNotContain(outcome.Detail, char.IsControl);
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(130, false)]
    [InlineData(400, false)]
    public async Task Chain_OfManyCertificates_EndsAtOnceInWords(int length, bool ok)
    {
        TestCa last = TestCa.Root();
        List<X509Certificate2> chain = [];
        for (int i = 0; i < length; i++)
        {
            last = last.Issue($"CA {i}");
            chain.Insert(0, last.Certificate);
        }

        await using HostileServer server = await HostileServer.StartAsync(last.Leaf(), chain, static _ => []);
        using TestWorld world = new();

        ProbeOutcome tls = await world.Tls.ProbeAsync(TestChecks.Of(CheckType.Tls, $"127.0.0.1:{server.Port}"), Cancel);
        ProbeOutcome https = await world.Http.ProbeAsync(TestChecks.Http($"https://127.0.0.1:{server.Port}/"), Cancel);

        Assert.True(ok == tls.Ok, tls.Detail);
        Assert.False(https.Ok);
        Assert.StartsWith("TLS: ", https.Detail, StringComparison.Ordinal);
        Assert.All([tls, https], o => Assert.InRange(o.Detail.Length, 1, PlainText.DetailLimit));
        Assert.All([tls, https], o => Assert.True(o.Latency < TimeSpan.FromSeconds(20), o.Latency.ToString()));
    }

    private static async Task<ProbeOutcome> ProbeAsync(TestWorld world, TalkServer server, TlsOptions options)
    {
        Check check = TestChecks.Of(CheckType.Tls, server.Place);
        check.Tls = options;
        return await world.Tls.ProbeAsync(check, Cancel);
    }

    private static async Task AgreeAsync(string protocol, NetworkStream stream, CancellationToken cancel)
    {
        switch (protocol)
        {
            case "smtp":
                Assert.StartsWith("EHLO ", await TalkServer.AskAsync(stream, "220-a\r\n220 b\r\n", cancel), StringComparison.Ordinal);
                Assert.Equal("STARTTLS", await TalkServer.AskAsync(stream, "250-x\r\n250 STARTTLS\r\n", cancel));
                await TalkServer.SayAsync(stream, "220 go\r\n", cancel);
                break;
            case "ftp":
                Assert.Equal("AUTH TLS", await TalkServer.AskAsync(stream, "220 b\r\n", cancel));
                await TalkServer.SayAsync(stream, "234 go\r\n", cancel);
                break;
            case "imap":
                Assert.Equal("a1 STARTTLS", await TalkServer.AskAsync(stream, "* OK hi\r\n", cancel));
                await TalkServer.SayAsync(stream, "* CAPABILITY x\r\na1 OK go\r\n", cancel);
                break;
            case "pop3":
                Assert.Equal("STLS", await TalkServer.AskAsync(stream, "+OK hi\r\n", cancel));
                await TalkServer.SayAsync(stream, "+OK go\r\n", cancel);
                break;
            case "xmpp":
                await HearAsync(stream, "version='1.0'>", cancel);
                await TalkServer.SayAsync(
                    stream,
                    "<?xml version='1.0'?><stream:stream id='1'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>",
                    cancel);
                await HearAsync(stream, "/>", cancel);
                await TalkServer.SayAsync(stream, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", cancel);
                break;
            case "postgres":
                byte[] request = new byte[8];
                await stream.ReadExactlyAsync(request, cancel);
                Assert.Equal("000000080 4D2162F".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(request));
                await TalkServer.SayAsync(stream, "S", cancel);
                break;
            case "mysql":
                byte[] greeting = [10, .. "8.0.36"u8, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0xff, 0xff, 33, 2, 0, 0xff, 0xff];
                await stream.WriteAsync((byte[])[(byte)greeting.Length, 0, 0, 0, .. greeting], cancel);
                byte[] answer = new byte[36];
                await stream.ReadExactlyAsync(answer, cancel);
                Assert.Equal((32, 1, 0x08), (answer[0], answer[3], answer[5] & 0x08));
                break;
            default:
                byte[] extended = new byte[31];
                await stream.ReadExactlyAsync(extended, cancel);
                Assert.Equal("1.3.6.1.4.1.1466.20037", Encoding.ASCII.GetString(extended.AsSpan(9)));
                await TalkServer.SayAsync(stream, "0\u000c\u0002\u0001\u0001x\u0007\n\u0001\0\u0004\0\u0004\0", cancel);
                break;
        }
    }

    private static async Task HearAsync(NetworkStream stream, string end, CancellationToken cancel)
    {
        StringBuilder heard = new();
        byte[] one = new byte[1];
        while (!heard.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, cancel);
            heard.Append((char)one[0]);
        }
    }
}
