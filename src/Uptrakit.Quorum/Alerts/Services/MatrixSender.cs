using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Sends a message into a room of Matrix.</summary>
/// <remarks>The transaction id is the message's: a repetition makes no second event.</remarks>
internal sealed class MatrixSender(ServiceKit kit) : ServiceSender(kit, Markup.Plain)
{
    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets)
    {
        string room = Uri.EscapeDataString(Setting(alert, "room"));
        string transaction = Uri.EscapeDataString(message.Id);
        string url = Under(Setting(alert, "url"), $"/_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}");
        return new HttpOrder(HttpMethod.Put, url, HttpOrder.Json(json =>
        {
            json.WriteString("msgtype", "m.text");
            json.WriteString("body", $"{words.Subject}\n\n{words.Body}");
            // Present and empty: nobody is called, whatever names the text has, not even by @room.
            json.WriteStartObject("m.mentions");
            json.WriteEndObject();
        }))
        {
            Headers = [("Authorization", "Bearer " + secrets["token"])],
            Judge = Judge,
        };
    }

    private static SendResult Judge(HttpAnswer answer) => answer.Status == 429
        ? new SendResult.Failed("HTTP 429", Retry: true, answer.RetryAfter ?? HttpVerdict.Seconds(answer.Body, 0.001, "retry_after_ms"))
        : HttpVerdict.Judge(answer, "errcode");
}
