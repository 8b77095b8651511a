using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Mail;

/// <summary>What may be a mail address, decided alike on every node.</summary>
internal static class MailAddress
{
    private const int LocalLimit = 64;
    private const int NameLimit = 100;

    // RFC 5321, 4.1.2: dot-string of atext. Quoted local parts exist, and nobody who has one expects it to work.
    private const string Signs = "!#$%&'*+-/=?^_`{|}~.";

    /// <summary>Null for name@host and for Name &lt;name@host&gt;.</summary>
    internal static string? FaultOf(string text)
    {
        string address = text;
        if (text.EndsWith('>') && text.IndexOf('<') is >= 0 and int open)
        {
            string name = text[..open].Trim();
            // These mean something in a header.
            if (name.Length > NameLimit || name.IndexOfAny(['"', '<', '>', ',', ';', ':', '(', ')', '\\', '@', '[', ']']) >= 0
                || Names.FaultOfText("", name, NameLimit) is not null)
                return $"'{Validation.Shown(text)}' is not a mail address; letters, digits and spaces may stand before <name@example.org>";
            address = text[(open + 1)..^1];
        }

        int at = address.LastIndexOf('@');
        string local = at > 0 ? address[..at] : "";
        bool good = local.Length is > 0 and <= LocalLimit
            && local.All(c => char.IsAsciiLetterOrDigit(c) || Signs.Contains(c, StringComparison.Ordinal))
            && local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal)
            && HostPort.TryParseHost(address[(at + 1)..], out _) && !address.EndsWith(']');
        return good ? null : $"'{Validation.Shown(text)}' is not a mail address; write name@example.org";
    }
}
