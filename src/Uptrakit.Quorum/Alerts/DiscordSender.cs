using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Posts the message to a Discord webhook.</summary>
internal sealed class DiscordSender(ServiceKit kit) : ServiceSender(kit, Markup.Discord)
{
    private const int NotFound = 404;
    private const int TooManyRequests = 429;

    // No preview is fetched of an address that a target has put into its text.
    private const int SuppressEmbeds = 4;

    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets) =>
        HttpOrder.Post(secrets["url"], json =>
        {
            json.WriteString("content", DiscordText.Content(message, words));
            json.WriteNumber("flags", SuppressEmbeds);
            json.WriteStartObject("allowed_mentions");
            json.WriteStartArray("parse");
            json.WriteEndArray();
            json.WriteEndObject();
        }) with
        { Judge = Judge };

    private static SendResult Judge(HttpAnswer answer) => answer.Status switch
    {
        // Discord bans addresses that keep asking for a webhook that was deleted.
        NotFound => new SendResult.Failed("HTTP 404: the webhook does not exist", Retry: false),
        // The body tells fractions of a second, the header only whole ones.
        TooManyRequests => new SendResult.Failed(
            "HTTP 429", Retry: true, HttpVerdict.Seconds(answer.Body, 1, "retry_after") ?? answer.RetryAfter),
        _ => HttpVerdict.Judge(answer),
    };
}
