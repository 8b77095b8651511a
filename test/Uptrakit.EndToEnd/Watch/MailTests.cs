using System.Security.Cryptography.X509Certificates;
using MimeKit;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Tls;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>Alerts by mail through a real mail server, read back from its mailbox.</summary>
public sealed class MailTests(WatchedNode shared) : WatchTest(shared)
{
    private readonly WatchedNode shared = shared;
    private readonly Exim exim = new();

    public override async ValueTask InitializeAsync()
    {
        Exim.SkipWhereMissing();
        await base.InitializeAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 leaf = shared.Ca.Leaf(new LeafSpec { NotBefore = now.AddDays(-1), NotAfter = now.AddDays(30) });
        await exim.StartAsync(leaf, WatchedNode.MailPassword, Cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(exim.Log);
        await exim.DisposeAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task Mail_OverTls_IsDeliveredOnceLoggedIn(string security)
    {
        string alert = await AddAsync(security);

        (await RunAsync("alert", "test", alert)).Expect(0);

        MimeMessage mail = Exim.Read(Assert.Single(await MailsAsync(1)));
        Assert.Equal("ops@example.org", Assert.Single(mail.To.Mailboxes).Address);
        Assert.Contains("A=plain:alerts", exim.Log, StringComparison.Ordinal);
        Assert.Contains("X=TLS1.3", exim.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatRefusesOrIsAnother_GetsNoMailAndSaysWhy()
    {
        string wrong = await AddAsync("starttls", "--password", "another password");
        string clear = await AddAsync("none");
        // The certificate is for localhost alone.
        string address = await AddAsync("tls", "--host", "127.0.0.1");
        // TLS where the server begins in clear, and the other way round.
        string early = await AddAsync("tls", "--port", $"{exim.StartTlsPort}");

        Assert.Contains("refuses user name or password", (await RunAsync("alert", "test", wrong)).Expect(1).Errors, StringComparison.Ordinal);
        Assert.Contains("no way to log in", (await RunAsync("alert", "test", clear)).Expect(1).Errors, StringComparison.Ordinal);
        Assert.Contains("not trusted", (await RunAsync("alert", "test", address)).Expect(1).Errors, StringComparison.Ordinal);
        Assert.Contains("not delivered", (await RunAsync("alert", "test", early)).Expect(1).Errors, StringComparison.Ordinal);

        Assert.Empty(exim.Mails);
        Assert.DoesNotContain(WatchedNode.MailPassword, string.Join('\n', Node.Log), StringComparison.Ordinal);
        Assert.DoesNotContain("another password", string.Join('\n', Node.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outage_OfACheckWithAnOddName_IsAMailWithWholeHeaders()
    {
        const string Name = "Süd → 東京 🚨 =?utf-8?q?Bcc:_x?=";
        string alert = await AddAsync("starttls", "--to", "ops@example.org", "--to", "boss@example.org", "--subject", "{{ verb }}: {{ check.name }}\r\nBcc: evil@example.org\r\n");
        await using Target target = await Target.StartAsync();
        (await RunAsync("check", "add", "http", Name, target.Url, "--interval", "2s", "--alerts", alert)).Expect(0);
        await UntilAsync(Name, "up");
        target.Break();
        await UntilAsync(Name, "down");
        target.Heal();
        await UntilAsync(Name, "up");

        // One copy for each recipient.
        IReadOnlyList<string> raw = await MailsAsync(4);
        MimeMessage[] mails = [.. raw.Select(Exim.Read)];

        Assert.All(raw, static mail => Assert.All(HeadOf(mail), static c => Assert.InRange(c, '\t', '~')));
        Assert.All(mails, static mail =>
        {
            Assert.Equal(["boss@example.org", "ops@example.org"], mail.To.Mailboxes.Select(static to => to.Address).Order());
            Assert.Empty(mail.Bcc);
            Assert.DoesNotContain(mail.Headers, static header => header.Value.StartsWith("evil@", StringComparison.Ordinal));
            Assert.Equal("auto-generated", mail.Headers["Auto-Submitted"]);
            Assert.InRange(mail.Date, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(1));
            Assert.EndsWith("@example.org", mail.MessageId, StringComparison.Ordinal);
            Assert.Contains(Name, mail.TextBody, StringComparison.Ordinal);
        });
        Assert.Equal(2, mails.Count(static mail => mail.Subject!.StartsWith($"DOWN: {Name}", StringComparison.Ordinal)));
        Assert.Equal(2, mails.Count(static mail => mail.Subject!.StartsWith($"RECOVERED: {Name}", StringComparison.Ordinal)));
        // One id for each message, whoever gets it.
        Assert.Equal(2, mails.Select(static mail => mail.MessageId).Distinct().Count());
    }

    /// <summary>The very first line of defence: such a name never gets into the state.</summary>
    [Theory]
    [InlineData("web\r\nBcc: evil@example.org")]
    [InlineData("web\nSubject: x")]
    [InlineData("web\u0085x")]
    public async Task Name_WithALineBreak_IsRefused(string name)
    {
        Ran ran = await RunAsync("check", "add", "tcp", name, "127.0.0.1:9");
        Assert.NotEqual(0, ran.ExitCode);
        // Also when it does not come from our command line.
        Outcome outcome = (await TestCluster.ChangeAsync(Node, Make.IdleCheck(name), Cancel)).Outcome;
        Assert.Equal(OutcomeStatus.Refused, outcome.Status);
        Assert.Empty((await TestCluster.ReadAsync(Node, Cancel)).Checks);
    }

    private async Task<string> AddAsync(string security, params string[] more)
    {
        string name = Make.Name("mail");
        Dictionary<string, string> options = new()
        {
            ["--host"] = "localhost",
            ["--port"] = $"{(security == "tls" ? exim.TlsPort : exim.StartTlsPort)}",
            ["--from"] = "qu@example.org",
            ["--to"] = "ops@example.org",
            ["--user"] = Exim.User,
            ["--password"] = "env:QUPTIME_SECRET_MAIL",
        };
        foreach (string given in more)
            options.Remove(given);
        (await RunAsync(["alert", "add", "smtp", name, "--security", security, .. options.SelectMany(static each => (string[])[each.Key, each.Value]), .. more])).Expect(0);
        return name;
    }

    private Task<IReadOnlyList<string>> MailsAsync(int count) => Until.SeenAsync(
        $"{count} mails are in the box", _ => Task.FromResult(exim.Mails), mails => mails.Count >= count, Patience, Cancel);

    private Task<CheckRow?> UntilAsync(string check, string state) => Until.SeenAsync(
        $"{check} is {state}", async _ => await RowAsync(check), row => row?.State == state, Patience, Cancel);

    // As bytes: what is not ASCII shows as more than '~'.
    private static string HeadOf(string mail) => mail[..mail.IndexOf("\n\n", StringComparison.Ordinal)].Replace("\n", " ", StringComparison.Ordinal).Replace("\r", " ", StringComparison.Ordinal);
}
