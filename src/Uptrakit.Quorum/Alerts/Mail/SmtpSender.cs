using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;
using AuthenticationException = System.Security.Authentication.AuthenticationException;
using MailAuthenticationException = MailKit.Security.AuthenticationException;

namespace Uptrakit.Quorum.Alerts.Mail;

/// <summary>Hands the message to a mail server. Every step has a deadline of its own.</summary>
/// <param name="roots">Trusted instead of the system's roots, for tests.</param>
internal sealed class SmtpSender(ServiceKit kit, TargetResolver resolver, AddressRace race, X509Certificate2Collection? roots = null)
    : IAlertSender
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);

    // What a clear-text password, or its hash with a broken function, would be sent for.
    private static readonly HashSet<string> s_mechanisms = ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN", "LOGIN"];

    private readonly PartialMails partial = new();

    public async ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel)
    {
        SecretBag secrets = await SecretBag.OpenAsync(alert, kit, cancel);
        if (secrets.Fault is { } closed)
            return new SendResult.Failed(closed, Retry: true);
        AlertWords words = kit.Composer.Compose(alert, message, Markup.Plain);
        DateTimeOffset now = kit.Clock.GetUtcNow();
        if (alert.Smtp is null || !MailText.TryWrite(alert, message, words, now, out MimeMessage? mail, out List<MailboxAddress> all))
            return new SendResult.Failed("sender or recipients are not mail addresses", Retry: false);

        using (mail)
        {
            Letter letter = new(alert, mail, partial.Remaining(alert.Id, message.Id, all), secrets["password"]);
            SendResult result = await SendAsync(letter, cancel);
            partial.Remember(alert.Id, message.Id, letter.Accepted, isOver: result is not SendResult.Failed { Retry: true });
            return (result is SendResult.Failed failed ? failed with { Reason = secrets.Scrub(failed.Reason) } : result).With(words.Fault);
        }
    }

    private async ValueTask<SendResult> SendAsync(Letter letter, CancellationToken cancel)
    {
        using Deadline deadline = new(s_step, kit.Clock, cancel);
        string step = "connecting";
        try
        {
            (Socket? socket, SendResult? refusal) = await ConnectAsync(letter.Smtp, deadline.Token);
            if (socket is null)
                return refusal!;
            using NetworkStream wire = new(socket, ownsSocket: true);
            using LetterCarrier client = new(letter) { LocalDomain = SmtpOpening.OwnName };

            step = Next("greeting", deadline);
            Stream open = await SmtpOpening.OpenAsync(wire, letter.Smtp.Host, Security(letter.Smtp), roots, deadline.Token);
            await client.ConnectAsync(open, letter.Smtp.Host, letter.Smtp.Port, SecureSocketOptions.None, deadline.Token);
            if (letter.Smtp.User.Length > 0)
            {
                step = Next("logging in", deadline);
                if (await LogInAsync(client, letter, deadline.Token) is { } barred)
                    return barred;
            }

            step = Next("sending", deadline);
            SendResult result = await DeliverAsync(client, letter, deadline.Token);
            await LeaveAsync(client, deadline);
            return result;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new SendResult.Failed($"{step}: no answer within {s_step.TotalSeconds:0} s", Retry: true);
        }
        catch (Exception problem) when (!cancel.IsCancellationRequested && IsKnown(problem))
        {
            // Whatever a server says before it has seen the message is no answer to the message.
            return new SendResult.Failed($"{step}: {Words(problem)}", Retry: true);
        }
    }

    private static string Next(string step, Deadline deadline)
    {
        deadline.CancelAfter(s_step);
        return step;
    }

    private async ValueTask<(Socket? Socket, SendResult? Refusal)> ConnectAsync(SmtpOptions smtp, CancellationToken cancel)
    {
        Resolution found = await resolver.ResolveAsync(smtp.Host, [], s_step, cancel);
        if (found.Failure is { } failure)
            return (null, new SendResult.Failed(PlainText.Clean(failure), Retry: true));
        List<IPAddress> allowed = [.. found.Addresses.Where(a => a.Scope() != AddressScope.LinkLocal)];
        return allowed.Count > 0
            ? (await race.ConnectAsync(allowed, smtp.Port, cancel), null)
            : (null, new SendResult.Failed("refused to send to a link-local address", Retry: !IPAddress.TryParse(smtp.Host, out _)));
    }

    private static async ValueTask<SendResult?> LogInAsync(LetterCarrier client, Letter letter, CancellationToken cancel)
    {
        client.AuthenticationMechanisms.IntersectWith(s_mechanisms);
        if (client.AuthenticationMechanisms.Count == 0)
            return new SendResult.Failed("the server offers no way to log in that this version uses", Retry: true);
        try
        {
            await client.AuthenticateAsync(Encoding.UTF8, new NetworkCredential(letter.Smtp.User, letter.Password), cancel);
            return null;
        }
        catch (MailAuthenticationException refused)
        {
            // The words of the server stay out: some repeat what they were given. Its status is told by the library in front.
            bool passing = refused.Message.StartsWith('4') || refused.InnerException is SmtpCommandException { StatusCode: < (SmtpStatusCode)500 };
            return new SendResult.Failed("the server refuses user name or password", Retry: passing);
        }
    }

    private static async ValueTask<SendResult> DeliverAsync(LetterCarrier client, Letter letter, CancellationToken cancel)
    {
        try
        {
            await client.SendAsync(FormatOptions.Default, letter.Mail, (MailboxAddress)letter.Mail.From[0], letter.Recipients, cancel);
            client.Taken();
        }
        catch (SmtpCommandException refused) when (letter.Refused.Count == 0 || letter.Recipients.Count > letter.Refused.Count)
        {
            int status = (int)refused.StatusCode;
            return new SendResult.Failed($"the server answers {status}: {PlainText.Clean(refused.Message)}", Retry: status < 500);
        }
        catch (SmtpCommandException)
        {
            // No recipient was taken: told below.
        }

        return letter.Verdict();
    }

    // The message is delivered; how the conversation ends changes nothing.
    private static async ValueTask LeaveAsync(LetterCarrier client, Deadline deadline)
    {
        try
        {
            deadline.CancelAfter(s_farewell);
            await client.DisconnectAsync(quit: true, deadline.Token);
        }
        catch (Exception late) when (IsKnown(late) || late is OperationCanceledException)
        {
            // It has hung up before us.
        }
    }

    private static string Security(SmtpOptions smtp) => smtp.Security.Length == 0 ? SmtpOpening.StartTls : smtp.Security;

    private static bool IsKnown(Exception problem) => problem is IOException or SocketException or AuthenticationException
        or SmtpOpeningException or SmtpCommandException or SmtpProtocolException or ServiceNotConnectedException or NotSupportedException
        or SslHandshakeException;

    private static string Words(Exception problem) => problem switch
    {
        SmtpCommandException refused => $"the server answers {(int)refused.StatusCode}",
        SmtpProtocolException => "the server does not keep to SMTP, or has hung up",
        AuthenticationException => "the server's certificate is not trusted, or it speaks no TLS",
        _ => PlainText.Clean(problem.Message),
    };
}
