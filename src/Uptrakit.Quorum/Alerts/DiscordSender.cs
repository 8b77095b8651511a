using System.Net.Http.Headers;
using System.Text.Json;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Posts the message to a Discord webhook.</summary>
internal sealed class DiscordSender(AlertHttp http) : IAlertSender
{
    private const int NotFound = 404;
    private const int TooManyRequests = 429;

    public ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel)
    {
        DiscordPayload payload = new(DiscordText.Content(message), new DiscordMentions([]));
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(payload, AlertsJson.Default.DiscordPayload);
        return http.PostAsync(alert.Url, request => Fill(request, body), Judge, cancel);
    }

    private static void Fill(HttpRequestMessage request, byte[] body)
    {
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    private static SendResult Judge(HttpAnswer answer) => answer.Status switch
    {
        // Discord bans addresses that keep asking for a webhook that was deleted.
        NotFound => new SendResult.Failed("HTTP 404: the webhook does not exist", Retry: false),
        TooManyRequests => new SendResult.Failed("HTTP 429", Retry: true, RetryAfter(answer.Body) ?? answer.RetryAfter),
        _ => HttpVerdict.Judge(answer),
    };

    // The body tells fractions of a second, the header only whole ones.
    private static TimeSpan? RetryAfter(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("retry_after", out JsonElement wait)
                && wait.ValueKind == JsonValueKind.Number
                && wait.TryGetDouble(out double seconds)
                ? AlertHttp.Bounded(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 3600)))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
