using System.Text;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Quorum.Alerts;

/// <summary>An alert in Discord's markdown.</summary>
internal static class DiscordText
{
    /// <summary>Discord refuses longer ones.</summary>
    internal const int Limit = 2000;

    internal static string Content(AlertMessage message)
    {
        StringBuilder content = new();
        content.Append("**").Append(message.Verb).Append("** ").Append(Literal(message.CheckName));
        if (message.Verb == "RECOVERED")
            content.Append(" after ").Append(AlertText.Duration(message.Lasted));
        foreach ((string label, string value) in AlertText.Facts(message))
            content.Append('\n').Append(label).Append(": ").Append(Literal(value));
        return PlainText.Truncate(content.ToString(), Limit);
    }

    // Names, targets and details are chosen by others. In a code span nothing has a meaning but the backtick that ends it:
    // no mention, no link, no markdown.
    private static string Literal(string text) => text.Length == 0 ? "-" : $"`{text.Replace('`', '\'')}`";
}
