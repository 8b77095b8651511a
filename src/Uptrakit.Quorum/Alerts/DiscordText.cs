using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Quorum.Alerts;

/// <summary>An alert in Discord's markdown.</summary>
internal static class DiscordText
{
    /// <summary>Discord refuses longer ones.</summary>
    internal const int Limit = 2000;

    /// <summary>The default words: names, targets and details in code spans, where nothing has a meaning.</summary>
    internal static string Content(AlertMessage message) =>
        PlainText.Truncate($"**{message.Verb}** {AlertComposer.Default(message, Markup.DiscordCode).Body}", Limit);

    /// <summary>The operator's words: their markdown, and a backslash before every sign in what they did not write.</summary>
    internal static string Content(AlertMessage message, AlertWords words)
    {
        if (words is { IsOwn: false, HasOwnSubject: false })
            return Content(message);
        string body = words.IsOwn ? words.Body : AlertComposer.Default(message, Markup.DiscordCode).Body;
        return PlainText.Truncate($"**{Markup.Discord.Escape(words.Subject)}**\n{body}", Limit);
    }
}
