using System.Globalization;
using System.Text;

namespace Uptrakit.Qu.Web;

/// <summary>A page that is being written. Text is escaped, always; only what stands in this program is not.</summary>
internal sealed class Html
{
    private readonly StringBuilder page = new(64 * 1024);

    /// <summary>Markup of ours. Never anything that came from elsewhere.</summary>
    public Html Raw(string markup)
    {
        page.Append(markup);
        return this;
    }

    public Html Raw(int number)
    {
        page.Append(CultureInfo.InvariantCulture, $"{number}");
        return this;
    }

    /// <summary>Safe between tags, in a quoted attribute, and in XML.</summary>
    public Html Text(string? text)
    {
        foreach (char c in text ?? "")
        {
            _ = c switch
            {
                '<' => page.Append("&lt;"),
                '>' => page.Append("&gt;"),
                '&' => page.Append("&amp;"),
                '"' => page.Append("&quot;"),
                '\'' => page.Append("&#39;"),
                // XML knows no other control characters, and no halves of surrogate pairs are told apart here: UTF-8 replaces them.
                < ' ' and not '\n' and not '\t' or '\uFFFE' or '\uFFFF' => page.Append(' '),
                _ => page.Append(c),
            };
        }

        return this;
    }

    public Html Time(DateTimeOffset time)
    {
        string iso = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        page.Append("<time datetime=").Append(iso).Append('>')
            .Append(time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)).Append(" UTC</time>");
        return this;
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(page.ToString());

    public override string ToString() => page.ToString();
}
