using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Posts to an incoming webhook of Slack, or of one of the servers that take the same.</summary>
internal sealed class SlackSender(ServiceKit kit) : ServiceSender(kit, Markup.Slack)
{
    // Slack cuts a message at 40,000 characters and folds an attachment at 8,000.
    internal const int Limit = 8000;

    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets) =>
        HttpOrder.Post(secrets["url"], json =>
        {
            string subject = Markup.Slack.Escape(words.Subject);
            json.WriteString("text", subject);
            json.WriteBoolean("mrkdwn", false);
            json.WriteNumber("link_names", 0);
            json.WriteStartArray("attachments");
            json.WriteStartObject();
            json.WriteString("color", ColourOf(AlertTones.Of(message)));
            json.WriteString("fallback", subject);
            json.WriteString("text", PlainText.Truncate(words.Body, Limit));
            // The default words have no markup; so what a target puts between two asterisks stays as it is.
            json.WriteStartArray("mrkdwn_in");
            if (words.IsOwn)
                json.WriteStringValue("text");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }) with
        { Judge = Judge };

    /// <remarks>Slack answers 404 and 410 for a webhook, channel or team that is gone, and a word that tells which.</remarks>
    private static SendResult Judge(HttpAnswer answer)
    {
        string word = System.Text.Encoding.ASCII.GetString(answer.Body);
        word = word.Length <= 60 && word.All(c => char.IsAsciiLetterLower(c) || c == '_') ? word : "";
        return answer.Status == 404 ? HttpVerdict.Final(answer, word) : HttpVerdict.Told(HttpVerdict.Judge(answer), word);
    }

    private static string ColourOf(AlertTone tone) => tone switch
    {
        AlertTone.Bad => "#c62828",
        AlertTone.Warning => "#ef9a00",
        AlertTone.Good => "#2e7d32",
        _ => "#607d8b",
    };
}
