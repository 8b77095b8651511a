using System.Diagnostics.CodeAnalysis;
using MimeKit;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Mail;

/// <summary>A message as a mail.</summary>
internal static class MailText
{
    /// <param name="recipients">Of the envelope and of the header.</param>
    internal static bool TryWrite(
        Alert alert, AlertMessage message, AlertWords words, DateTimeOffset now,
        [NotNullWhen(true)] out MimeMessage? mail, out List<MailboxAddress> recipients)
    {
        mail = null;
        recipients = [];
        if (!TryAddress(alert.Smtp.From, out MailboxAddress? from))
            return false;
        foreach (string each in alert.Smtp.To)
        {
            if (!TryAddress(each, out MailboxAddress? to))
                return false;
            recipients.Add(to);
        }

        mail = new MimeMessage();
        mail.From.Add(from);
        mail.To.AddRange(recipients);
        mail.Subject = words.Subject;
        mail.Date = now;
        // The same at each attempt, so that a mail server and a reader know a repetition.
        mail.MessageId = $"{new string([.. message.Id.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')])}@{from.Domain}";
        // RFC 3834: no absence note comes back.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add("X-Uptrakit-Message", message.Id);
        mail.Body = new TextPart("plain") { Text = words.Body, ContentTransferEncoding = ContentEncoding.QuotedPrintable };
        return recipients.Count > 0;
    }

    // Judged by our own rules before a library reads it: those of the library change.
    private static bool TryAddress(string text, [NotNullWhen(true)] out MailboxAddress? address)
    {
        address = null;
        return MailAddress.FaultOf(text) is null && MailboxAddress.TryParse(text, out address) && address.Domain.Length > 0;
    }
}
