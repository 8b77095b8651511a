using System.Text.Json;
using System.Text.Json.Serialization;

namespace Uptrakit.Quorum.Alerts;

/// <summary>The JSON body of a webhook. Its names are a contract with receivers.</summary>
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
    string Text)
{
    internal static byte[] Serialize(AlertMessage message) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookPayload(
            message.Id,
            message.Verb,
            new WebhookCheck(message.CheckId, message.CheckName, AlertText.Type(message.CheckType), message.Target),
            AlertText.State(message.From),
            AlertText.State(message.To),
            message.Ok,
            message.Total,
            message.Detail,
            message.AtText,
            (long)message.Lasted.TotalSeconds,
            message.NodeId,
            message.Subject,
            message.Text),
        AlertsJson.Default.WebhookPayload);
}

/// <summary>The check that a webhook is about.</summary>
internal sealed record WebhookCheck(string Id, string Name, string Type, string Target);

/// <summary>The body of a Discord message.</summary>
internal sealed record DiscordPayload(string Content, DiscordMentions AllowedMentions);

/// <summary>Whom a Discord message may call: nobody.</summary>
internal sealed record DiscordMentions(IReadOnlyList<string> Parse);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WebhookPayload))]
[JsonSerializable(typeof(DiscordPayload))]
internal sealed partial class AlertsJson : JsonSerializerContext;
