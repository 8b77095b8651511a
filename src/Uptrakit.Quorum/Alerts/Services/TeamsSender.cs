using System.Text;
using System.Text.Json;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Posts an adaptive card to a Teams workflow ("When a Teams webhook request is received").</summary>
internal sealed class TeamsSender(ServiceKit kit) : ServiceSender(kit, Markup.Plain)
{
    // Teams takes 28 KB for the whole message, and JSON may make six bytes of one.
    private const int Limit = 4000;

    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets) =>
        HttpOrder.Post(secrets["url"], json =>
        {
            json.WriteString("type", "message");
            json.WriteStartArray("attachments");
            json.WriteStartObject();
            json.WriteString("contentType", "application/vnd.microsoft.card.adaptive");
            json.WriteStartObject("content");
            json.WriteString("type", "AdaptiveCard");
            json.WriteString("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
            json.WriteString("version", "1.2");
            json.WriteStartArray("body");
            WriteLine(json, words.Subject, ColourOf(AlertTones.Of(message)), isHead: true);
            foreach (string line in Cut.ToBytes(words.Body, Limit).Split('\n').Where(l => l.Length > 0))
                WriteLine(json, line, "Default", isHead: false);
            json.WriteEndArray();
            json.WriteStartObject("msteams");
            json.WriteString("width", "Full");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }) with
        { Judge = Judge, ReadsSuccess = true };

    // A TextRun knows no markdown, unlike a TextBlock: nothing that a target says becomes a link. Who is mentioned is told in a
    // part of the card that we do not write.
    private static void WriteLine(Utf8JsonWriter json, string text, string colour, bool isHead)
    {
        json.WriteStartObject();
        json.WriteString("type", "RichTextBlock");
        json.WriteString("spacing", isHead ? "Default" : "Small");
        json.WriteStartArray("inlines");
        json.WriteStartObject();
        json.WriteString("type", "TextRun");
        json.WriteString("text", text);
        json.WriteString("color", colour);
        if (isHead)
        {
            json.WriteString("weight", "Bolder");
            json.WriteString("size", "Medium");
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string ColourOf(AlertTone tone) => tone switch
    {
        AlertTone.Bad => "Attention",
        AlertTone.Warning => "Warning",
        AlertTone.Good => "Good",
        _ => "Default",
    };

    /// <remarks>The older connectors answer 200 and tell in the body that they have failed, mostly by their own rate limit.</remarks>
    private static SendResult Judge(HttpAnswer answer) =>
        answer.Status is >= 200 and < 300
            && Encoding.UTF8.GetString(answer.Body).Contains("delivery failed", StringComparison.OrdinalIgnoreCase)
            ? new SendResult.Failed($"HTTP {answer.Status}, but Teams says that it has not delivered it", Retry: true)
            : HttpVerdict.Judge(answer, "error", "code");
}
