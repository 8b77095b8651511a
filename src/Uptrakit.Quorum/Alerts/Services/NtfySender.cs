using System.Text;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Publishes to a topic of ntfy.sh or of a server of one's own.</summary>
internal sealed class NtfySender(ServiceKit kit, string cloud = NtfySender.Cloud) : ServiceSender(kit, Markup.Plain)
{
    private const string Cloud = "https://ntfy.sh";

    // What is longer becomes an attachment, which not every server keeps.
    private const int Limit = 4096;

    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets)
    {
        AlertTone tone = AlertTones.Of(message);
        // As JSON to the root: in headers, text would have to be ASCII.
        return HttpOrder.Post(Under(Setting(alert, "url", cloud), "/"), json =>
        {
            json.WriteString("topic", Setting(alert, "topic"));
            json.WriteString("title", words.Subject);
            json.WriteString("message", Cut.ToBytes(words.Body, Limit));
            json.WriteNumber("priority", tone >= AlertTone.Warning ? Number(alert, "priority", 4) : 3);
            json.WriteStartArray("tags");
            json.WriteStringValue(tone switch
            {
                AlertTone.Bad => "rotating_light",
                AlertTone.Warning => "warning",
                AlertTone.Good => "white_check_mark",
                _ => "information_source",
            });
            json.WriteEndArray();
        }) with
        { Headers = Authority(alert, secrets), Judge = answer => HttpVerdict.Judge(answer, "error") };
    }

    private static List<(string, string)> Authority(Alert alert, SecretBag secrets)
    {
        if (secrets["token"].Length > 0)
            return [("Authorization", "Bearer " + secrets["token"])];
        if (secrets["password"].Length == 0)
            return [];
        byte[] pair = Encoding.UTF8.GetBytes($"{Setting(alert, "user")}:{secrets["password"]}");
        return [("Authorization", "Basic " + Convert.ToBase64String(pair))];
    }
}
