using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Quorum.Alerts;

/// <summary>The answer of a receiver: its status, and as much of its body as was asked for.</summary>
internal sealed record HttpAnswer(int Status, TimeSpan? RetryAfter, byte[] Body);

/// <summary>Posts one body to one URL, without redirects and within a deadline.</summary>
/// <remarks>
/// Link-local and metadata addresses are refused after the name was resolved, and only what was judged is dialled: a name
/// server cannot lead the leader to its cloud's credentials. Loopback and private addresses are allowed, because operators run
/// receivers there.
/// </remarks>
internal sealed class AlertHttp(TargetResolver resolver, FreshHttp http, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private const int BodyLimit = 4096;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(5);

    /// <param name="url">Holds a secret as often as not: it appears in no reason.</param>
    /// <param name="fill">Sets content and headers of the request.</param>
    /// <param name="judge">Makes the answer a result.</param>
    internal async ValueTask<SendResult> PostAsync(
        string url, Action<HttpRequestMessage> fill, Func<HttpAnswer, SendResult> judge, CancellationToken cancel)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? place)
            || (place.Scheme != Uri.UriSchemeHttp && place.Scheme != Uri.UriSchemeHttps))
            return new SendResult.Failed("the alert's URL is not an http or https URL", Retry: false);

        using Deadline deadline = new(s_patience, clock, cancel);
        try
        {
            return await PostAsync(place, fill, judge, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new SendResult.Failed($"no answer within {s_patience.TotalSeconds:0} s", Retry: true);
        }
        catch (Exception problem) when (!cancel.IsCancellationRequested && IsKnown(problem))
        {
            return new SendResult.Failed(Words(problem), Retry: true);
        }
    }

    private async ValueTask<SendResult> PostAsync(
        Uri place, Action<HttpRequestMessage> fill, Func<HttpAnswer, SendResult> judge, CancellationToken cancel)
    {
        Resolution found = await resolver.ResolveAsync(place.IdnHost, [], s_patience, cancel);
        if (found.Failure is { } failure)
            return new SendResult.Failed(PlainText.Clean(failure), Retry: true);

        List<IPAddress> allowed = [.. found.Addresses.Where(a => a.Scope() != AddressScope.LinkLocal)];
        if (allowed.Count == 0)
            // A name may lead elsewhere tomorrow; an address will not.
            return new SendResult.Failed("refused to send to a link-local address", Retry: place.HostNameType == UriHostNameType.Dns);

        using FreshConnection connection = new(allowed, cancel);
        using HttpRequestMessage request = new(HttpMethod.Post, place);
        request.Headers.TryAddWithoutValidation("User-Agent", "uptrakit-qu");
        fill(request);
        using HttpResponseMessage response = await http.SendAsync(request, connection, cancel);
        return judge(await ReadAsync(response, cancel));
    }

    // After a success the body does not matter: a receiver that took the message and then stalls has taken the message.
    private async ValueTask<HttpAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        TimeSpan? wait = RetryAfter(response);
        int status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return new HttpAnswer(status, wait, []);

        await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
        byte[] start = new byte[BodyLimit];
        int read = await body.ReadAtLeastAsync(start, BodyLimit, throwOnEndOfStream: false, cancel);
        return new HttpAnswer(status, wait, start[..read]);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => Bounded(delta),
        { Date: { } date } => Bounded(date - clock.GetUtcNow()),
        _ => null,
    };

    internal static TimeSpan Bounded(TimeSpan wait) =>
        wait < TimeSpan.Zero ? TimeSpan.Zero : wait > s_longestWait ? s_longestWait : wait;

    private static bool IsKnown(Exception problem) =>
        problem is HttpRequestException or IOException or SocketException or AuthenticationException;

    // HttpRequestException tells host and port; its cause tells what went wrong and no more.
    private static string Words(Exception problem)
    {
        Exception cause = problem;
        while (cause.InnerException is { } inner && IsKnown(inner))
            cause = inner;
        return cause is HttpRequestException failure
            ? $"the exchange failed ({failure.HttpRequestError})"
            : PlainText.Clean(cause.Message);
    }
}
