using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Services;

/// <summary>Sends through Pushover.</summary>
internal sealed class PushoverSender(ServiceKit kit, string cloud = PushoverSender.Cloud) : ServiceSender(kit, Markup.Plain)
{
    private const string Cloud = "https://api.pushover.net";

    // Both are counted in characters of up to four bytes; ours are counted in UTF-16, which is never fewer.
    private const int TitleLimit = 250;
    private const int MessageLimit = 1024;

    private const int Emergency = 2;
    private const int RepeatSeconds = 60;
    private const int ForSeconds = 3600;

    protected override HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets) =>
        HttpOrder.Post(Under(cloud, "/1/messages.json"), json =>
        {
            int priority = Number(alert, "priority", 0);
            // Nobody is woken for a recovery.
            priority = AlertTones.Of(message) >= AlertTone.Warning ? priority : Math.Min(priority, 0);
            json.WriteString("token", secrets["token"]);
            json.WriteString("user", secrets["user"]);
            json.WriteString("title", Checks.PlainText.Truncate(words.Subject, TitleLimit));
            json.WriteString("message", Checks.PlainText.Truncate(words.Body, MessageLimit));
            json.WriteNumber("timestamp", message.At.ToUnixTimeSeconds());
            json.WriteNumber("priority", priority);
            if (priority == Emergency)
            {
                json.WriteNumber("retry", RepeatSeconds);
                json.WriteNumber("expire", ForSeconds);
            }

            if (Setting(alert, "device") is { Length: > 0 } device)
                json.WriteString("device", device);
            if (Setting(alert, "sound") is { Length: > 0 } sound)
                json.WriteString("sound", sound);
        }) with
        { Judge = Judge };

    /// <remarks>429 is the quota of a month; it may be bought while we wait. Any other 4xx must not be repeated, Pushover says.</remarks>
    private static SendResult Judge(HttpAnswer answer) => answer.Status switch
    {
        429 => new SendResult.Failed("HTTP 429: the application's quota is used up", Retry: true, answer.RetryAfter ?? TimeSpan.FromMinutes(5)),
        >= 400 and < 500 => HttpVerdict.Final(answer, HttpVerdict.Text(answer.Body, "errors")),
        _ => HttpVerdict.Judge(answer),
    };
}
