using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Triggers and resolves incidents of PagerDuty, one for each check.</summary>
internal sealed class PagerDutySender(ServiceKit kit, string? cloud = null) : ServiceSender(kit, Markup.Plain)
{
    private const int SummaryLimit = 1024;

    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets)
    {
        string place = cloud ?? (Setting(alert, "region") == "eu" ? "https://events.eu.pagerduty.com" : "https://events.pagerduty.com");
        bool ends = AlertTones.IsEnd(message);
        return HttpOrder.Post(Under(place, "/v2/enqueue"), json =>
        {
            json.WriteString("routing_key", secrets["routing_key"]);
            json.WriteString("event_action", ends ? "resolve" : "trigger");
            json.WriteString("dedup_key", AlertTones.Incident(message));
            json.WriteString("client", "Uptrakit");
            json.WriteStartObject("payload");
            json.WriteString("summary", PlainText.Truncate(words.Subject, SummaryLimit));
            json.WriteString("source", message.Target.Length > 0 ? message.Target : message.NodeId);
            json.WriteString("severity", AlertTones.Of(message) switch
            {
                AlertTone.Bad => "critical",
                AlertTone.Warning => "warning",
                _ => "info",
            });
            json.WriteString("timestamp", message.AtText);
            if (message.CheckName.Length > 0)
                json.WriteString("component", message.CheckName);
            if (message.Group.Length > 0)
                json.WriteString("group", message.Group);
            json.WriteString("class", AlertText.Kind(message.Kind));
            json.WriteStartObject("custom_details");
            json.WriteString("text", words.Body);
            json.WriteString("message", message.Id);
            json.WriteEndObject();
            json.WriteEndObject();
        }) with
        { Judge = answer => HttpVerdict.Judge(answer, "errors") };
    }
}
