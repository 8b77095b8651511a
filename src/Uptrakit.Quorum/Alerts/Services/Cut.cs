using System.Text;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Makes text fit into what a service takes.</summary>
internal static class Cut
{
    /// <summary>Subject, an empty line, body, in so many characters.</summary>
    internal static string Together(AlertWords words, Markup markup, int limit) =>
        PlainText.Truncate($"{markup.Escape(words.Subject)}\n\n{words.Body}", limit);

    /// <summary>At most so many bytes of UTF-8, an ellipsis in place of what was cut.</summary>
    internal static string ToBytes(string text, int limit)
    {
        if (Encoding.UTF8.GetByteCount(text) <= limit)
            return text;

        const int ellipsis = 3;
        int bytes = 0;
        StringBuilder start = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > limit - ellipsis)
                break;
            start.Append(rune.ToString());
        }

        return start.Append('…').ToString();
    }
}
