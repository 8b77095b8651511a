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
        if (!words.IsOwn)
            return Content(message);
        string subject = Markup.Discord.Escape(words.Subject);
        return PlainText.Truncate($"**{subject}**\n{words.Body}", Limit);
    }
}
