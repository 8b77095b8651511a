namespace Uptrakit.Quorum.Alerts;

/// <summary>What a receiver's status means for the message.</summary>
internal static class HttpVerdict
{
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
}
