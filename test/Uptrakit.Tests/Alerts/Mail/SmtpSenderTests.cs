using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Mail;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;
using Uptrakit.Tests.Shared.Tls;

namespace Uptrakit.Tests.Alerts.Mail;

public sealed class SmtpSenderTests : IDisposable
{
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();
    private static readonly TestCa s_ca = TestCa.Root(from: s_now.AddDays(-1), until: s_now.AddDays(10));

    private readonly TestWorld world = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));

    public SmtpSenderTests() => world.Name("mail.test", "127.0.0.1");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task Mail_InClear_IsWholeAndEncoded()
    {
        await using FakeSmtp server = new();
        Alert alert = Alert(server, SmtpOpening.None, "Bereitschaft <ops@example.org>", "kim@example.org");
        OutboxEntry entry = TestAlerts.Entry();
        entry.CheckName = "wéb 🙂";
        entry.Detail = ".\r\nend";

        Assert.Equal(SendResult.Done, await Sender().SendAsync(alert, AlertMessage.Of(entry), Cancel));

        string raw = Assert.Single(server.Mails);
        Assert.All(raw, c => Assert.True(c is '\n' or '\t' or (>= ' ' and < '\x7F'), $"{(int)c} in the mail"));
        MimeMessage mail = Parse(raw);
        Assert.Equal("[DOWN] wéb 🙂 (http)", mail.Subject);
        Assert.Equal("o-1@example.org", mail.MessageId);
        Assert.Equal(clock.GetUtcNow(), mail.Date);
        Assert.Equal(["ops@example.org", "kim@example.org"], mail.To.Mailboxes.Select(m => m.Address));
        Assert.Equal("auto-generated", mail.Headers["Auto-Submitted"]);
        Assert.Equal("o-1", mail.Headers["X-Uptrakit-Message"]);
        Assert.Equal(AlertMessage.Of(entry).Text, mail.TextBody!.ReplaceLineEndings("\n").TrimEnd('\n'));
        Assert.Contains("MAIL FROM:<qu@example.org>", server.Heard.Select(h => h.Split(" SIZE")[0].Split(" BODY")[0]));
        Assert.Contains("RCPT TO:<ops@example.org>", server.Heard);
        Assert.Contains("RCPT TO:<kim@example.org>", server.Heard);
    }

    /// <summary>What looks encoded would be decoded by the reader's program, line breaks and all.</summary>
    [Theory]
    [InlineData("=?utf-8?q?ok=0D=0ABcc:_all@example.org?=")]
    [InlineData("wéb =?utf-8?b?8J+Zgg==?= 🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂")]
    public async Task Subject_ThatLooksEncoded_IsReadAsItIsWritten(string name)
    {
        await using FakeSmtp server = new();
        Alert alert = Alert(server, SmtpOpening.None, "ops@example.org");
        OutboxEntry entry = TestAlerts.Entry();
        entry.CheckName = name;

        Assert.Equal(SendResult.Done, await Sender().SendAsync(alert, AlertMessage.Of(entry), Cancel));

        string raw = Assert.Single(server.Mails);
        Assert.Equal($"[DOWN] {name} (http)", Parse(raw).Subject);
        Assert.All(raw.Split('\n'), static line => Assert.InRange(line.Length, 0, 78));
    }

    [Fact]
    public async Task Mail_WithHostileText_HasNoHeaderOfIt()
    {
        await using FakeSmtp server = new();
        Alert alert = Alert(server, SmtpOpening.None, "ops@example.org");
        alert.Subject = "{{ check.name }}\r\nBcc: all@example.org\r\n\r\nbody";
        OutboxEntry entry = TestAlerts.Entry("o-1\r\nX-Evil: 1");
        entry.CheckName = "web\r\nBcc: all@example.org";

        Assert.Equal(SendResult.Done, await Sender().SendAsync(alert, AlertMessage.Of(entry), Cancel));

        MimeMessage mail = Parse(Assert.Single(server.Mails));
        Assert.Empty(mail.Bcc);
        Assert.Null(mail.Headers["X-Evil"]);
        Assert.Equal("web Bcc: all@example.org Bcc: all@example.org body", mail.Subject);
        Assert.Equal("o-1X-Evil1@example.org", mail.MessageId);
        Assert.Single(server.Heard, h => h.StartsWith("RCPT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SmtpOpening.StartTls)]
    [InlineData(SmtpOpening.Tls)]
    public async Task Mail_OverTls_LogsInInsideOnly(string security)
    {
        using X509Certificate2 leaf = Leaf("mail.test");
        await using FakeSmtp server = new() { Certificate = leaf, ImplicitTls = security == SmtpOpening.Tls };

        Assert.Equal(SendResult.Done, await Sender().SendAsync(WithPassword(Alert(server, security, "ops@example.org")), TestAlerts.Message(), Cancel));

        Assert.Single(server.Mails);
        Assert.Contains("* AUTH PLAIN AGtpbQBnZWhlaW00Mg==", server.Heard);
        Assert.All(server.Heard.Where(h => !h.StartsWith('*')), h => Assert.Matches("^(EHLO|STARTTLS)", h));
    }

    [Theory]
    [InlineData(SmtpOpening.StartTls, "other.test", true)]
    [InlineData(SmtpOpening.Tls, "other.test", true)]
    [InlineData(SmtpOpening.StartTls, "mail.test", false)]
    [InlineData(SmtpOpening.Tls, "mail.test", false)]
    public async Task Certificate_OfAnotherNameOrAnUnknownRoot_GetsNothing(string security, string name, bool trusted)
    {
        using X509Certificate2 leaf = Leaf(name);
        await using FakeSmtp server = new() { Certificate = leaf, ImplicitTls = security == SmtpOpening.Tls };

        SendResult.Failed failed = await FailAsync(WithPassword(Alert(server, security, "ops@example.org")), Sender(trusted));

        Assert.Equal("greeting: the server's certificate is not trusted, or it speaks no TLS", failed.Reason);
        Assert.True(failed.Retry);
        Assert.Empty(server.Mails);
        Assert.DoesNotContain(server.Heard, h => h.Contains("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificate_ThatNamesADownload_IsJudgedWithoutFetchingIt()
    {
        await using RawServer download = RawServer.Saying(200);
        X509AuthorityInformationAccessExtension where = new([], [download.Url + "ca.crt"]);
        TestCa unknown = TestCa.Root(from: s_now.AddDays(-1), until: s_now.AddDays(10));
        using X509Certificate2 leaf = unknown.Leaf(Spec("mail.test") with { Extra = [where] });
        await using FakeSmtp server = new() { Certificate = leaf };

        await FailAsync(Alert(server, SmtpOpening.StartTls, "ops@example.org"), Sender(trusted: false));

        Assert.Equal(0, download.Connections);
    }

    [Fact]
    public async Task StartTls_ThatIsNotOffered_SendsNothingInClear()
    {
        using X509Certificate2 leaf = Leaf("mail.test");
        await using FakeSmtp server = new() { Certificate = leaf, OffersStartTls = false };

        SendResult.Failed failed = await FailAsync(WithPassword(Alert(server, SmtpOpening.StartTls, "ops@example.org")));

        Assert.Equal(new SendResult.Failed("greeting: the server offers no STARTTLS", Retry: true), failed);
        Assert.DoesNotContain(server.Heard, h => !h.StartsWith("EHLO", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StartTls_WithWordsInClearBehindIt_IsLeft()
    {
        using X509Certificate2 leaf = Leaf("mail.test");
        // Somebody on the way puts an answer in front of the encryption, to be read behind it.
        await using FakeSmtp server = new()
        {
            Certificate = leaf,
            Answer = line => line == "STARTTLS" ? "220 go ahead\r\n250-injected\r\n250 AUTH PLAIN\r\n" : null,
        };

        Assert.True((await FailAsync(WithPassword(Alert(server, SmtpOpening.StartTls, "ops@example.org")))).Retry);
        Assert.DoesNotContain(server.Heard, h => h.Contains("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("535 5.7.8 wrong: geheim42", false)]
    [InlineData("454 4.7.0 not now", true)]
    public async Task LogIn_ThatIsRefused_IsFinalOrNotAndKeepsThePassword(string answer, bool retry)
    {
        await using FakeSmtp server = new() { Answer = line => line.StartsWith("AUTH", StringComparison.Ordinal) ? answer : null };

        Assert.Equal(
            new SendResult.Failed("the server refuses user name or password", retry),
            await FailAsync(WithPassword(Alert(server, SmtpOpening.None, "ops@example.org"))));
    }

    [Fact]
    public async Task LogIn_WithBrokenMechanismsOnly_DoesNotHappen()
    {
        await using FakeSmtp server = new() { Offers = ["AUTH CRAM-MD5 DIGEST-MD5 NTLM"] };

        Assert.True((await FailAsync(WithPassword(Alert(server, SmtpOpening.None, "ops@example.org")))).Retry);
        Assert.DoesNotContain(server.Heard, h => h.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MAIL", "451 later", true)]
    [InlineData("MAIL", "550 not you", false)]
    [InlineData("RCPT", "450 greylisted", true)]
    [InlineData("RCPT", "550 unknown", false)]
    [InlineData("DATA", "452 full", true)]
    [InlineData("DATA", "554 no", false)]
    [InlineData("<mail>", "451 later", true)]
    [InlineData("<mail>", "554 spam", false)]
    [InlineData("EHLO", "421 too many", true)]
    [InlineData("EHLO", "554 go away", true)]
    public async Task Refusal_AtAnyStep_IsFinalOrNot(string step, string answer, bool retry)
    {
        await using FakeSmtp server = new()
        {
            Answer = line => line.Replace("HELO", "EHLO", StringComparison.Ordinal).StartsWith(step, StringComparison.Ordinal) ? answer : null,
        };

        SendResult.Failed failed = await FailAsync(Alert(server, SmtpOpening.None, "ops@example.org"));

        Assert.Equal(retry, failed.Retry);
        Assert.Contains(answer[..3], failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Greeting_ThatRefuses_IsTriedAgain()
    {
        await using FakeSmtp server = new() { Greeting = "554 not in the mood" };

        Assert.True((await FailAsync(Alert(server, SmtpOpening.None, "ops@example.org"))).Retry);
        Assert.True((await FailAsync(Alert(server, SmtpOpening.StartTls, "ops@example.org"))).Retry);
    }

    [Fact]
    public async Task OneDeadRecipient_DoesNotKeepItFromTheOthers()
    {
        await using FakeSmtp server = new() { Answer = line => line == "RCPT TO:<gone@example.org>" ? "550 unknown" : null };

        SendResult.Delivered delivered = Assert.IsType<SendResult.Delivered>(
            await Sender().SendAsync(Alert(server, SmtpOpening.None, "gone@example.org", "ops@example.org"), TestAlerts.Message(), Cancel));

        Assert.Equal("the server refuses gone@example.org (550); the others have it", delivered.Note);
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task RecipientThatIsRefusedForNow_GetsItLaterAndTheOthersOnce()
    {
        bool late = false;
        await using FakeSmtp server = new() { Answer = line => line == "RCPT TO:<late@example.org>" && !late ? "450 later" : null };
        Alert alert = Alert(server, SmtpOpening.None, "ops@example.org", "late@example.org");
        SmtpSender sender = Sender();

        Assert.Equal(new SendResult.Failed("the server does not take mail for late@example.org (450) now", Retry: true), await FailAsync(alert, sender));
        late = true;
        Assert.Equal(SendResult.Done, await sender.SendAsync(alert, TestAlerts.Message(), Cancel));

        Assert.Single(server.Heard, h => h == "RCPT TO:<ops@example.org>");
        Assert.Equal(2, server.Mails.Count);
        Assert.All(server.Mails, m => Assert.Equal("o-1@example.org", Parse(m).MessageId));
    }

    [Theory]
    [InlineData("", "connecting", SmtpOpening.None)]
    [InlineData("", "connecting", SmtpOpening.StartTls)]
    [InlineData("", "connecting", SmtpOpening.Tls)]
    [InlineData("EHLO", "greeting", SmtpOpening.None)]
    [InlineData("EHLO", "greeting", SmtpOpening.StartTls)]
    [InlineData("STARTTLS", "greeting", SmtpOpening.StartTls)]
    [InlineData("AUTH", "logging in", SmtpOpening.None)]
    [InlineData("MAIL", "sending", SmtpOpening.None)]
    [InlineData("DATA", "sending", SmtpOpening.None)]
    [InlineData("<mail>", "sending", SmtpOpening.None)]
    public async Task Server_ThatStallsAtAnyStep_IsLeftAtTheDeadline(string silent, string step, string security)
    {
        using X509Certificate2 leaf = Leaf("mail.test");
        TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeSmtp server = silent.Length == 0
            ? new()
            {
                Behave = (_, cancel) =>
                {
                    stalled.TrySetResult();
                    return Task.Delay(Timeout.Infinite, cancel);
                },
            }
            : new()
            {
                Certificate = leaf,
                Answer = line =>
                {
                    if (!line.StartsWith(silent, StringComparison.Ordinal))
                        return null;
                    stalled.TrySetResult();
                    return "";
                },
            };
        Alert alert = silent == "AUTH" ? WithPassword(Alert(server, security, "ops@example.org")) : Alert(server, security, "ops@example.org");

        Task<SendResult> sending = Sender().SendAsync(alert, TestAlerts.Message(), Cancel).AsTask();
        await stalled.Task.WaitAsync(Cancel);
        await Poll.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return sending.IsCompleted;
        });

        SendResult.Failed failed = Assert.IsType<SendResult.Failed>(await sending);
        string named = step == "connecting" ? "greeting" : step;
        Assert.Equal(new SendResult.Failed($"{named}: no answer within 10 s", Retry: true), failed);
    }

    [Fact]
    public async Task Farewell_ThatStalls_HasTheMessage()
    {
        await using FakeSmtp server = new() { Answer = line => line == "QUIT" ? "" : null };

        Task<SendResult> sending = Sender().SendAsync(Alert(server, SmtpOpening.None, "ops@example.org"), TestAlerts.Message(), Cancel).AsTask();
        await Poll.UntilAsync(() => server.Heard.Contains("QUIT"));
        await Poll.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return sending.IsCompleted;
        });

        Assert.Equal(SendResult.Done, await sending);
    }

    [Theory]
    [InlineData(SmtpOpening.None)]
    [InlineData(SmtpOpening.StartTls)]
    public async Task Server_ThatTalksWithoutAnEnd_IsLeft(string security)
    {
        long sent = 0;
        await using FakeSmtp server = new()
        {
            Behave = async (stream, cancel) =>
            {
                byte[] noise = Encoding.ASCII.GetBytes("220-" + new string('x', 4092));
                while (true)
                {
                    await stream.WriteAsync(noise, cancel);
                    sent += noise.Length;
                }
            },
        };

        SendResult.Failed failed = await FailAsync(Alert(server, security, "ops@example.org"));

        Assert.Contains("the server talks without an end", failed.Reason, StringComparison.Ordinal);
        Assert.True(failed.Retry);
        // What lies in the buffers of the sockets, and our bound.
        Assert.InRange(sent, 0, 32_000_000);
    }

    [Fact]
    public async Task Server_ThatSpeaksNoSmtpOrHangsUp_IsTriedAgain()
    {
        await using FakeSmtp http = new() { Greeting = "HTTP/1.1 400 Bad Request" };
        await using FakeSmtp gone = new() { Behave = (_, _) => Task.CompletedTask };

        foreach (string security in (string[])[SmtpOpening.None, SmtpOpening.StartTls, SmtpOpening.Tls])
        {
            Assert.True((await FailAsync(Alert(http, security, "ops@example.org"))).Retry);
            Assert.True((await FailAsync(Alert(gone, security, "ops@example.org"))).Retry);
        }
    }

    [Fact]
    public async Task LinkLocalServer_IsRefused()
    {
        await using FakeSmtp server = new();
        world.Name("metadata.test", "169.254.169.254");
        Alert named = Alert(server, SmtpOpening.None, "ops@example.org");
        named.Smtp.Host = "metadata.test";
        Alert literal = named.Clone();
        literal.Smtp.Host = "169.254.169.254";

        Assert.Equal(new SendResult.Failed("refused to send to a link-local address", Retry: true), await FailAsync(named));
        Assert.Equal(new SendResult.Failed("refused to send to a link-local address", Retry: false), await FailAsync(literal));
        Assert.Empty(world.Dialled);
    }

    [Fact]
    public async Task Server_ThatIsGone_IsTriedAgain()
    {
        Alert alert = TestAlerts.Of(AlertType.Smtp);
        alert.Smtp = new SmtpOptions { Host = "127.0.0.1", Port = TestChecks.ClosedPort(), From = "qu@example.org", To = { "ops@example.org" }, Security = SmtpOpening.None };

        Assert.True((await FailAsync(alert)).Retry);
    }

    [Fact]
    public async Task Address_ThatIsNone_IsSentNowhere()
    {
        await using FakeSmtp server = new();
        Alert forged = Alert(server, SmtpOpening.None, "ops@example.org");
        forged.Smtp.From = "qu@example.org\r\nBcc: all@example.org";
        Alert two = Alert(server, SmtpOpening.None, "ops@example.org, all@example.org");

        Assert.False((await FailAsync(forged)).Retry);
        Assert.False((await FailAsync(two)).Retry);
        Assert.False((await FailAsync(TestAlerts.Of(AlertType.Smtp))).Retry);
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("qu@example.org", true)]
    [InlineData("Uptrakit <qu@example.org>", true)]
    [InlineData("a.b+c@sub.example.org", true)]
    [InlineData("qu@localhost", true)]
    [InlineData("qu@example.org\r\nBcc: x@y.z", false)]
    [InlineData("qu@example.org, x@y.z", false)]
    [InlineData("a,b <qu@example.org>", false)]
    [InlineData("\"a\" <qu@example.org>", false)]
    [InlineData("<qu@example.org> x", false)]
    [InlineData("qu", false)]
    [InlineData("@example.org", false)]
    [InlineData("qu@", false)]
    [InlineData("qu@exa mple.org", false)]
    [InlineData("q u@example.org", false)]
    [InlineData(".qu@example.org", false)]
    [InlineData("q..u@example.org", false)]
    [InlineData("qu@[127.0.0.1]", false)]
    [InlineData("", false)]
    public void Address_IsOneOrNot(string text, bool good) => Assert.Equal(good, MailAddress.FaultOf(text) is null);

    private static LeafSpec Spec(string name) => new() { DnsNames = [name], NotBefore = s_now.AddHours(-1), NotAfter = s_now.AddDays(1) };

    private static X509Certificate2 Leaf(string name) => s_ca.Leaf(Spec(name));

    private static MimeMessage Parse(string raw) => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(raw)));

    private static Alert Alert(FakeSmtp server, string security, params string[] to)
    {
        Alert alert = TestAlerts.Of(AlertType.Smtp);
        alert.Smtp = new SmtpOptions { Host = "mail.test", Port = server.Port, Security = security, From = "Uptrakit <qu@example.org>" };
        alert.Smtp.To.Add(to);
        return alert;
    }

    private static Alert WithPassword(Alert alert)
    {
        alert.Smtp.User = "kim";
        alert.Secrets["password"] = new Secret { Text = "geheim42" };
        return alert;
    }

    private SmtpSender Sender(bool trusted = true) =>
        new(TestAlerts.Kit(world, clock), world.Resolver, world.Race, trusted ? new X509Certificate2Collection(s_ca.Certificate) : null);

    private async Task<SendResult.Failed> FailAsync(Alert alert, SmtpSender? sender = null)
    {
        SendResult.Failed failed = Assert.IsType<SendResult.Failed>(await (sender ?? Sender()).SendAsync(alert, TestAlerts.Message(), Cancel));
        Assert.DoesNotContain("geheim", failed.Reason, StringComparison.Ordinal);
        return failed;
    }
}
