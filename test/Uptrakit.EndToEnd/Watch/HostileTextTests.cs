using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MimeKit;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Tls;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>What a target says reaches people through every kind of receiver, as text and as nothing else.</summary>
public sealed class HostileTextTests(WatchedNode shared) : WatchTest(shared)
{
    // A name server says what its owner likes: here to Discord, to a mail, and to a terminal.
    private const string Zone = """
        @     60 SOA ns1 hostmaster 1 3600 600 86400 60
        @     60 NS  ns1
        ns1   60 A   127.0.0.1
        evil  60 TXT "@everyone <@&123456> `**loud** [here](http://evil.example)\013\010Bcc: evil@example.org\013\010\013\010\027[2J"

        """;

    // How Exim's log tells of one, after the mail is in the box.
    private const string Delivery = "=> ";

    private readonly WatchedNode shared = shared;
    private readonly Knot knot = new();
    private readonly Exim exim = new();

    public override async ValueTask InitializeAsync()
    {
        Knot.SkipWhereMissing();
        Exim.SkipWhereMissing();
        await base.InitializeAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 leaf = shared.Ca.Leaf(new LeafSpec { NotBefore = now.AddDays(-1), NotAfter = now.AddDays(30) });
        await Task.WhenAll(
            exim.StartAsync(leaf, WatchedNode.MailPassword, Cancel),
            knot.StartAsync(new Dictionary<string, string?> { ["evil.test"] = Zone }, Cancel));
    }

    public override async ValueTask DisposeAsync()
    {
        await knot.DisposeAsync();
        await exim.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Answer_OfATarget_CallsNobodyAndForgesNothing()
    {
        using RawReceiver discord = new((_, _) => RawReceiver.Answer("204 No Content"));
        using RawReceiver hook = new((_, _) => RawReceiver.Answer("200 OK"));
        (await RunAsync("alert", "add", "discord", "chat", "--webhook", $"{discord.Url}api/webhooks/1/token")).Expect(0);
        (await RunAsync("alert", "add", "webhook", "hook", "--url", hook.Url)).Expect(0);
        (await RunAsync("alert", "add", "smtp", "mail", "--host", "localhost", "--port", $"{exim.StartTlsPort}", "--from", "qu@example.org", "--to", "ops@example.org",
            "--user", Exim.User, "--password", "env:QUPTIME_SECRET_MAIL", "--subject", "{{ verb }} {{ snapshot.detail }}")).Expect(0);

        await JudgeAsync(new Expected("down", "@everyone", "dns", "evil.evil.test",
            "--record", "txt", "--expect", "v=spf1", "--resolver", knot.Address, "--alerts", "chat,hook,mail"));
        await Until.TrueAsync(
            "all three have it",
            () => discord.Requests.Count > 0 && hook.Requests.Count > 0 && exim.Mails.Count > 0 && exim.Log.Contains(Delivery, StringComparison.Ordinal),
            Patience, Cancel);

        using JsonDocument message = JsonDocument.Parse(discord.Requests[0].Body);
        Assert.Empty(message.RootElement.GetProperty("allowed_mentions").GetProperty("parse").EnumerateArray());
        string content = message.RootElement.GetProperty("content").GetString()!;
        Assert.InRange(content.Length, 1, 2000);
        // In a code span that the text itself cannot end.
        Assert.Contains("@everyone", content, StringComparison.Ordinal);
        Assert.DoesNotContain("`**loud**", content, StringComparison.Ordinal);

        using JsonDocument posted = JsonDocument.Parse(hook.Requests[0].Body);
        string detail = posted.RootElement.GetProperty("detail").GetString()!;
        Assert.Contains("@everyone", detail, StringComparison.Ordinal);
        Assert.DoesNotContain(detail, char.IsControl);

        MimeMessage mail = Exim.Read(Assert.Single(exim.Mails));
        Assert.StartsWith("DOWN ", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("@everyone", mail.Subject, StringComparison.Ordinal);
        Assert.Empty(mail.Bcc);
        Assert.Equal(["ops@example.org"], mail.To.Mailboxes.Select(static to => to.Address));
        Assert.Equal("ops", exim.Log.Split(Delivery)[1].Split(' ')[0]);

        // And the operator's terminal.
        Ran status = (await RunAsync("status")).Expect(0);
        Assert.Contains("@everyone", status.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(status.Output, static c => char.IsControl(c) && c != '\n');
    }
}
