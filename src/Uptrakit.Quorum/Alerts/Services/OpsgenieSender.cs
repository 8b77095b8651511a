using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Creates and closes alerts of Opsgenie, one for each check.</summary>
internal sealed class OpsgenieSender(ServiceKit kit, string? cloud = null) : ServiceSender(kit, Markup.Plain)
{
    private const int MessageLimit = 130;
    private const int DescriptionLimit = 15_000;
    private const int EntityLimit = 512;

    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets)
    {
        string place = cloud ?? (Setting(alert, "region") == "eu" ? "https://api.eu.opsgenie.com" : "https://api.opsgenie.com");
        string alias = AlertTones.Incident(message);
        HttpOrder order = AlertTones.IsEnd(message)
            ? HttpOrder.Post(Under(place, $"/v2/alerts/{Uri.EscapeDataString(alias)}/close?identifierType=alias"), json =>
            {
                json.WriteString("source", "Uptrakit");
                json.WriteString("note", words.Body);
            })
            : HttpOrder.Post(Under(place, "/v2/alerts"), json =>
            {
                json.WriteString("message", PlainText.Truncate(words.Subject, MessageLimit));
                json.WriteString("alias", alias);
                json.WriteString("description", PlainText.Truncate(words.Body, DescriptionLimit));
                json.WriteString("priority", AlertTones.Of(message) >= AlertTone.Warning ? Setting(alert, "priority", "P3") : "P5");
                json.WriteString("source", "Uptrakit");
                if (message.Target.Length > 0)
                    json.WriteString("entity", PlainText.Truncate(message.Target, EntityLimit));
                json.WriteStartObject("details");
                json.WriteString("message", message.Id);
                json.WriteString("node", message.NodeId);
                json.WriteEndObject();
            });
        return order with
        {
            Headers = [("Authorization", "GenieKey " + secrets["key"])],
            Judge = answer => HttpVerdict.Judge(answer, "message"),
        };
    }
}
