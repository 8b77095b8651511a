using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Posts the message as JSON, signed when the alert has a secret.</summary>
internal sealed class WebhookSender(AlertHttp http, TimeProvider clock) : IAlertSender
{
    public ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel)
    {
        byte[] body = WebhookPayload.Serialize(message);
        return http.PostAsync(alert.Url, request => Fill(request, alert, message, body), HttpVerdict.Judge, cancel);
    }

    /// <summary>"sha256=" and the HMAC-SHA256 of timestamp, a dot, and the body as sent, in lower-case hex.</summary>
    /// <remarks>The timestamp is signed so that a receiver can refuse a recorded message that comes again much later.</remarks>
    internal static string Signature(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp), (byte)'.', .. body];
        return "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    private void Fill(HttpRequestMessage request, Alert alert, AlertMessage message, byte[] body)
    {
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TryAddWithoutValidation("X-Uptrakit-Message", message.Id);
        if (alert.Secret.Length == 0)
            return;

        string timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("X-Uptrakit-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-Uptrakit-Signature", Signature(alert.Secret, timestamp, body));
    }
}
