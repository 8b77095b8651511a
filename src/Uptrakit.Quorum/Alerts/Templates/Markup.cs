using System.Text;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>How a receiver reads text, and so what must be done to a value that somebody else chose.</summary>
/// <remarks>
/// The words of a template are the operator's and keep their meaning. What is between braces comes from a target, a certificate
/// or a name server as often as not, and must stay text: no mention, no link, no markup.
/// </remarks>
internal sealed record Markup(string Name, IReadOnlyDictionary<char, string> Replaced, string Around = "", string IfEmpty = "")
{
    // Not seen, and it parts what a client would otherwise read as one word.
    private const string WordJoiner = "\u2060";

    internal static Markup Plain { get; } = new("plain", new Dictionary<char, string>());

    /// <summary>Discord takes a backslash before any punctuation as "this is just a character"; not in a code span, which a
    /// backtick would end.</summary>
    internal static Markup Discord { get; } =
        new("discord", new Dictionary<char, string>("\\*_~|<>#[]()-+".Select(c => KeyValuePair.Create(c, $"\\{c}"))) { ['`'] = "'" });

    /// <summary>In a code span nothing has a meaning but the backtick that ends it.</summary>
    internal static Markup DiscordCode { get; } =
        new("discord-code", new Dictionary<char, string> { ['`'] = "'" }, "`", "-");

    /// <summary>The three that Slack documents; the at sign for Slack-compatible servers, which read @channel in plain text.</summary>
    internal static Markup Slack { get; } = new("slack", new Dictionary<char, string>
    {
        ['&'] = "&amp;",
        ['<'] = "&lt;",
        ['>'] = "&gt;",
        ['@'] = "@" + WordJoiner,
        ['`'] = "'",
    });

    /// <summary>Sent without a parse mode: only @name still calls somebody.</summary>
    internal static Markup Telegram { get; } = new("telegram", new Dictionary<char, string> { ['@'] = "@" + WordJoiner });

    internal static IReadOnlyList<Markup> All { get; } = [Plain, Discord, DiscordCode, Slack, Telegram];

    internal string Escape(string value)
    {
        if (value.Length == 0)
            return IfEmpty;

        StringBuilder escaped = new(value.Length + Around.Length + Around.Length);
        escaped.Append(Around);
        foreach (char c in value)
        {
            if (Replaced.TryGetValue(c, out string? other))
                escaped.Append(other);
            else
                escaped.Append(c);
        }

        return escaped.Append(Around).ToString();
    }
}
