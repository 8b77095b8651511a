using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Posts the message as JSON, signed when the alert has a secret.</summary>
internal sealed class WebhookSender(ServiceKit kit) : ServiceSender(kit, Markup.Plain)
{
    private readonly TimeProvider clock = kit.Clock;

    /// <summary>"sha256=" and the HMAC-SHA256 of timestamp, a dot, and the body as sent, in lower-case hex.</summary>
    /// <remarks>The timestamp is signed so that a receiver can refuse a recorded message that comes again much later.</remarks>
    internal static string Signature(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp), (byte)'.', .. body];
        return "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets)
    {
        byte[] body = WebhookPayload.Serialize(message, words);
        return new HttpOrder(HttpMethod.Post, secrets["url"], body) { Headers = [.. Headers(message, body, secrets["secret"])] };
    }

    private IEnumerable<(string, string)> Headers(AlertMessage message, byte[] body, string secret)
    {
        yield return ("X-Uptrakit-Message", message.Id);
        if (secret.Length == 0)
            yield break;

        string timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        yield return ("X-Uptrakit-Timestamp", timestamp);
        yield return ("X-Uptrakit-Signature", Signature(secret, timestamp, body));
    }
}
