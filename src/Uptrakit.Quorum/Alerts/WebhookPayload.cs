using System.Text.Json;
using System.Text.Json.Serialization;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>The JSON body of a webhook, and the standard input of a program. Its names are a contract with receivers.</summary>
internal sealed record WebhookPayload(
    string Id,
    string Verb,
    WebhookCheck Check,
    string From,
    string To,
    int Ok,
    int Total,
    string Detail,
    string At,
    long LastedSeconds,
    string NodeId,
    string Subject,
    string Text,
    string Kind,
    string Member,
    WebhookAck? Acknowledged,
    IReadOnlyList<WebhookReport> Reports,
    IReadOnlyList<WebhookPart>? Messages)
{
    // The subject tells how many there were.
    private const int MostParts = 100;

    internal static byte[] Serialize(AlertMessage message, AlertWords words) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookPayload(
            message.Id,
            message.Verb,
            CheckOf(message),
            Kinds.Text(message.From),
            Kinds.Text(message.To),
            message.Ok,
            message.Total,
            message.Detail,
            message.AtText,
            (long)message.Lasted.TotalSeconds,
            message.NodeId,
            words.Subject,
            words.Body,
            AlertText.Kind(message.Kind),
            message.MemberId,
            message.Acknowledged.By.Length > 0
                ? new WebhookAck(message.Acknowledged.By, message.Acknowledged.Note, message.Acknowledged.Until)
                : null,
            [.. message.Reports.Select(r => new WebhookReport(r.Node, r.Ok, r.Detail, r.LatencyMs))],
            message.Summed.Count > 0 ? [.. message.Summed.Take(MostParts).Select(PartOf)] : null),
        AlertsJson.Default.WebhookPayload);

    private static WebhookCheck CheckOf(AlertMessage message) => new(
        message.CheckId, message.CheckName, AlertText.Type(message.CheckType), message.Target, message.Tags, message.Group);

    private static WebhookPart PartOf(AlertMessage message) => new(
        message.Id, message.Verb, AlertText.Kind(message.Kind), CheckOf(message), Kinds.Text(message.From), Kinds.Text(message.To),
        message.AtText, message.MemberId);
}

/// <summary>The check that a webhook is about.</summary>
internal sealed record WebhookCheck(string Id, string Name, string Type, string Target, IReadOnlyList<string> Tags, string Group);

/// <summary>Who has acknowledged it.</summary>
internal sealed record WebhookAck(string By, string Note, string Until);

/// <summary>What one node saw.</summary>
internal sealed record WebhookReport(string Node, bool Ok, string Detail, long LatencyMs);

/// <summary>One of the messages that a limit per hour has put into one.</summary>
internal sealed record WebhookPart(
    string Id, string Verb, string Kind, WebhookCheck Check, string From, string To, string At, string Member);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookPayload))]
internal sealed partial class AlertsJson : JsonSerializerContext;
