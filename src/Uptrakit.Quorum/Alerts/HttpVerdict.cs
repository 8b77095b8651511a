using System.Text.Json;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Quorum.Alerts;

/// <summary>What a receiver's status means for the message.</summary>
internal static class HttpVerdict
{
    private const int WordsLimit = 160;

    /// <remarks>
    /// Repeated: what the receiver calls temporary (408, 425, 429, 5xx), and 404, which a proxy gives while the receiver behind it
    /// is being replaced; a lost alert costs more than a day of questions 5 minutes apart. 410 and every other 4xx is the
    /// receiver's last word, and so is a redirect: following it would carry the message and its signature to another place.
    /// </remarks>
    internal static SendResult Judge(HttpAnswer answer) => answer.Status switch
    {
        >= 200 and < 300 => SendResult.Done,
        >= 300 and < 400 => new SendResult.Failed($"HTTP {answer.Status}: redirects are not followed", Retry: false),
        404 or 408 or 425 or 429 or >= 500 => new SendResult.Failed($"HTTP {answer.Status}", Retry: true, answer.RetryAfter),
        _ => new SendResult.Failed($"HTTP {answer.Status}", Retry: false),
    };

    /// <summary>The same, with the words that the service puts into its JSON answer.</summary>
    internal static SendResult Judge(HttpAnswer answer, params string[] path) =>
        Told(Judge(answer), Text(answer.Body, path));

    internal static SendResult Told(SendResult result, string words) => result is SendResult.Failed failed && words.Length > 0
        ? failed with { Reason = $"{failed.Reason}: {PlainText.Clean(words, WordsLimit)}" }
        : result;

    /// <summary>A service that answers 404 knows that the address is wrong: nothing of the operator's stands in front of it.</summary>
    internal static SendResult Final(HttpAnswer answer, string words) =>
        Told(new SendResult.Failed($"HTTP {answer.Status}", Retry: false), words);

    /// <summary>A text in a JSON answer, or the first one of an array of texts; empty when there is none.</summary>
    internal static string Text(byte[] body, params string[] path) => At(body, path, static element => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString() ?? "",
        JsonValueKind.Array when element.GetArrayLength() > 0 && element[0].ValueKind == JsonValueKind.String => element[0].GetString() ?? "",
        _ => "",
    }) ?? "";

    /// <summary>A number of seconds in a JSON answer, bounded.</summary>
    internal static TimeSpan? Seconds(byte[] body, double unit, params string[] path) => At<TimeSpan?>(body, path, element =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number)
            ? AlertHttp.Bounded(TimeSpan.FromSeconds(Math.Clamp(number * unit, 0, 3600)))
            : null);

    private static T? At<T>(byte[] body, string[] path, Func<JsonElement, T?> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement element = document.RootElement;
            foreach (string name in path)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                    return default;
            }

            return read(element);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second: text that is no UTF-16.
            return default;
        }
    }
}
