using System.Diagnostics.CodeAnalysis;
using System.Text;
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
        SetSubject(mail, words.Subject);
        mail.Date = now;
        // The same at each attempt, so that a mail server and a reader know a repetition.
        mail.MessageId = $"{new string([.. message.Id.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')])}@{from.Domain}";
        // RFC 3834: no absence note comes back.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add("X-Uptrakit-Message", message.Id);
        mail.Body = new TextPart("plain") { Text = words.Body, ContentTransferEncoding = ContentEncoding.QuotedPrintable };
        return recipients.Count > 0;
    }

    // RFC 2047, 5: a reader decodes whatever looks encoded, and the library leaves what is ASCII as it is. Text of others that looks so
    // would be shown as something else, line breaks and all: then every word of it is encoded.
    private static void SetSubject(MimeMessage mail, string subject)
    {
        mail.Subject = subject;
        if (subject.Contains("=?", StringComparison.Ordinal))
            mail.Headers[mail.Headers.IndexOf(HeaderId.Subject)].SetRawValue(Encoding.ASCII.GetBytes(Encoded(subject)));
    }

    private static string Encoded(string text)
    {
        // RFC 2047, 2: a line with a word has at most 76 characters, and no letter is cut in two.
        const int Most = 36;
        List<string> words = [];
        StringBuilder word = new();
        int bytes = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > Most)
            {
                words.Add(word.ToString());
                word.Clear();
                bytes = 0;
            }

            word.Append(rune);
            bytes += rune.Utf8SequenceLength;
        }

        words.Add(word.ToString());
        return string.Concat(words.Select(static w => $" =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(w))}?=\r\n"));
    }

    // Judged by our own rules before a library reads it: those of the library change.
    private static bool TryAddress(string text, [NotNullWhen(true)] out MailboxAddress? address)
    {
        address = null;
        return MailAddress.FaultOf(text) is null && MailboxAddress.TryParse(text, out address) && address.Domain.Length > 0;
    }
}
