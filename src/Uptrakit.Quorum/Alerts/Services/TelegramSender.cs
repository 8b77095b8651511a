using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Sends a message as a Telegram bot.</summary>
internal sealed class TelegramSender(ServiceKit kit, string cloud = TelegramSender.Cloud) : ServiceSender(kit, Markup.Telegram)
{
    private const string Cloud = "https://api.telegram.org";
    internal const int Limit = 4096;

    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets)
    {
        // The token is part of the path; a slash in it would be another path.
        string token = secrets["token"];
        if (token.Length == 0 || !token.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_'))
            return HttpOrder.Refuse("the token is not one of a Telegram bot");

        return HttpOrder.Post(Under(Setting(alert, "url", cloud), $"/bot{token}/sendMessage"), json =>
        {
            json.WriteString("chat_id", Setting(alert, "chat"));
            if (Number(alert, "thread", 0) is > 0 and var thread)
                json.WriteNumber("message_thread_id", thread);
            // No parse_mode: the text is text.
            json.WriteString("text", Cut.Together(words, Markup.Telegram, Limit));
            json.WriteBoolean("disable_notification", Setting(alert, "silent") == "true");
            json.WriteStartObject("link_preview_options");
            json.WriteBoolean("is_disabled", true);
            json.WriteEndObject();
        }) with
        { Judge = Judge };
    }

    private static SendResult Judge(HttpAnswer answer)
    {
        string words = HttpVerdict.Text(answer.Body, "description");
        return answer.Status switch
        {
            404 when words.Length > 0 => HttpVerdict.Final(answer, "the token is not known"),
            429 => new SendResult.Failed(
                "HTTP 429", Retry: true, HttpVerdict.Seconds(answer.Body, 1, "parameters", "retry_after") ?? answer.RetryAfter),
            _ => HttpVerdict.Told(HttpVerdict.Judge(answer), words),
        };
    }
}
