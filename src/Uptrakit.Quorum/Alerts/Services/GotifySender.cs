using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Posts to a Gotify server.</summary>
internal sealed class GotifySender(ServiceKit kit) : ServiceSender(kit, Markup.Plain)
{
    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets) =>
        HttpOrder.Post(Under(Setting(alert, "url"), "/message"), json =>
        {
            json.WriteString("title", words.Subject);
            json.WriteString("message", words.Body);
            json.WriteNumber("priority", AlertTones.Of(message) >= AlertTone.Warning ? Number(alert, "priority", 8) : 4);
            json.WriteStartObject("extras");
            json.WriteStartObject("client::display");
            json.WriteString("contentType", "text/plain");
            json.WriteEndObject();
            json.WriteEndObject();
        }) with
        {
            // In a header: a token in the URL ends in the access logs of what stands in front.
            Headers = [("X-Gotify-Key", secrets["token"])],
            Judge = answer => HttpVerdict.Judge(answer, "errorDescription"),
        };
}
