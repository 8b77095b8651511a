using MailKit.Net.Smtp;
using MimeKit;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Mail;

/// <summary>One mail on its way to those who do not have it yet.</summary>
internal sealed class Letter(Alert alert, MimeMessage mail, List<MailboxAddress> recipients, string password)
{
    internal SmtpOptions Smtp => alert.Smtp;

    internal MimeMessage Mail => mail;

    internal List<MailboxAddress> Recipients => recipients;

    internal string Password => password;

    /// <summary>Who has it; only filled when the server has taken the text too.</summary>
    internal List<string> Accepted { get; } = [];

    internal List<(string Address, int Status)> Refused { get; } = [];

    /// <summary>One dead address must not keep the message from the others, nor make them get it twice.</summary>
    internal SendResult Verdict()
    {
        if (Refused.Count == 0)
            return SendResult.Done;
        string who = string.Join(", ", Refused.Select(r => $"{PlainText.Clean(r.Address, 100)} ({r.Status})").Take(10));
        if (Refused.Any(r => r.Status < 500))
            return new SendResult.Failed($"the server does not take mail for {who} now", Retry: true);
        return Accepted.Count > 0
            ? new SendResult.Delivered($"the server refuses {who}; the others have it")
            : new SendResult.Failed($"the server refuses {who}", Retry: false);
    }
}

/// <summary>The library's client, which goes on when one of several recipients is refused.</summary>
internal sealed class LetterCarrier(Letter letter) : SmtpClient
{
    private readonly List<string> accepted = [];

    /// <summary>The server has the text: who was accepted has it.</summary>
    internal void Taken() => letter.Accepted.AddRange(accepted);

    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        accepted.Add(mailbox.Address);

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        letter.Refused.Add((mailbox.Address, (int)response.StatusCode));
}
