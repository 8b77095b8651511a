using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Quorum.Alerts;

/// <summary>The answer of a receiver: its status, and as much of its body as was asked for.</summary>
internal sealed record HttpAnswer(int Status, TimeSpan? RetryAfter, byte[] Body);

/// <summary>Sends one request to one URL, without redirects and within a deadline.</summary>
/// <remarks>
/// Link-local and metadata addresses are refused after the name was resolved, and only what was judged is dialled: a name
/// server cannot lead the leader to its cloud's credentials. Loopback and private addresses are allowed, because operators run
/// receivers there.
/// </remarks>
internal sealed class AlertHttp(TargetResolver resolver, FreshHttp http, TimeProvider clock)
{
    private const int BodyLimit = 4096;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(5);

    internal async ValueTask<SendResult> SendAsync(HttpOrder order, CancellationToken cancel)
    {
        if (!Uri.TryCreate(order.Url, UriKind.Absolute, out Uri? place)
            || (place.Scheme != Uri.UriSchemeHttp && place.Scheme != Uri.UriSchemeHttps))
            return new SendResult.Failed("the alert's URL is not an http or https URL", Retry: false);

        using Deadline deadline = new(s_patience, clock, cancel);
        try
        {
            return await SendAsync(place, order, deadline.Token);
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

    private async ValueTask<SendResult> SendAsync(Uri place, HttpOrder order, CancellationToken cancel)
    {
        Resolution found = await resolver.ResolveAsync(place.IdnHost, [], s_patience, cancel);
        if (found.Failure is { } failure)
            return new SendResult.Failed(PlainText.Clean(failure), Retry: true);

        List<IPAddress> allowed = [.. found.Addresses.Where(a => a.Scope() != AddressScope.LinkLocal)];
        if (allowed.Count == 0)
            // A name may lead elsewhere tomorrow; an address will not.
            return new SendResult.Failed("refused to send to a link-local address", Retry: place.HostNameType == UriHostNameType.Dns);

        using FreshConnection connection = new(allowed, cancel);
        using HttpRequestMessage request = Request(place, order);
        using HttpResponseMessage response = await http.SendAsync(request, connection, cancel);
        return order.Judge(await ReadAsync(response, order.ReadsSuccess, cancel));
    }

    private static HttpRequestMessage Request(Uri place, HttpOrder order)
    {
        HttpRequestMessage request = new(order.Method, place) { Content = new ByteArrayContent(order.Body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(order.ContentType);
        request.Headers.TryAddWithoutValidation("User-Agent", "uptrakit-qu");
        foreach ((string name, string value) in order.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private async ValueTask<HttpAnswer> ReadAsync(HttpResponseMessage response, bool readsSuccess, CancellationToken cancel)
    {
        TimeSpan? wait = RetryAfter(response);
        int status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode && !readsSuccess)
            return new HttpAnswer(status, wait, []);

        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
            byte[] start = new byte[BodyLimit];
            int read = await body.ReadAtLeastAsync(start, BodyLimit, throwOnEndOfStream: false, cancel);
            return new HttpAnswer(status, wait, start[..read]);
        }
        catch (Exception broken) when (IsKnown(broken) || broken is OperationCanceledException)
        {
            // The status is the answer: a receiver that took the message and then stalls has taken the message, and one that
            // refused it has refused it.
            return new HttpAnswer(status, wait, []);
        }
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
