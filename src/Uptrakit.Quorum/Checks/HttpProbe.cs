using System.Net;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>An HTTP target is well when it gives the expected status, and the expected text where one is asked for.</summary>
internal sealed class HttpProbe(TargetResolver resolver, FreshHttp http, TimeProvider clock) : DeadlineProbe(clock)
{
    private const int RedirectLimit = 10;

    protected override async ValueTask<Finding> LookAsync(Check check, CancellationToken cancel)
    {
        if (!Uri.TryCreate(check.Target, UriKind.Absolute, out Uri? place) || !IsWeb(place))
            return Finding.Bad("the target is not an http or https URL");

        RedirectGuard guard = new();
        for (int hop = 0; hop <= RedirectLimit; hop++)
        {
            Resolution found = await resolver.ResolveAsync(place.IdnHost, check.Resolvers, CheckTimes.Timeout(check), cancel);
            if (found.Failure is { } failure)
                return Finding.Bad(failure);
            if (guard.Admit(found.Addresses) is not { Count: > 0 } allowed)
                return Finding.Bad("refused to follow a redirect to a loopback or link-local address");

            using FreshConnection connection = new(allowed, cancel);
            using HttpRequestMessage request = Request(place);
            using HttpResponseMessage response = await http.SendAsync(request, connection, cancel);
            if (!LeadsOn(check, response))
                return await JudgeAsync(check, response, cancel);
            if (!Uri.TryCreate(place, response.Headers.Location, out Uri? next) || !IsWeb(next))
                return Finding.Bad("the redirect leads to something that is not an http or https URL");

            place = next;
        }

        return Finding.Bad($"more than {RedirectLimit} redirects");
    }

    private static bool IsWeb(Uri place) => place.Scheme == Uri.UriSchemeHttp || place.Scheme == Uri.UriSchemeHttps;

    private static HttpRequestMessage Request(Uri place)
    {
        HttpRequestMessage request = new(HttpMethod.Get, place);
        request.Headers.TryAddWithoutValidation("User-Agent", "uptrakit-qu");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        return request;
    }

    // A redirect that is itself what the check expects is the answer.
    private static bool LeadsOn(Check check, HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is not null
        && check.ExpectStatus != (int)response.StatusCode;

    private static async ValueTask<Finding> JudgeAsync(Check check, HttpResponseMessage response, CancellationToken cancel)
    {
        int status = (int)response.StatusCode;
        bool expected = check.ExpectStatus == 0 ? status is >= 200 and < 300 : status == check.ExpectStatus;
        if (!expected)
            return Finding.Bad($"HTTP {status}, expected {(check.ExpectStatus == 0 ? "2xx" : check.ExpectStatus)}");
        if (check.BodyMatch.Length == 0)
            return Finding.Good($"HTTP {status}");

        await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
        return await BodySearch.ContainsAsync(body, check.BodyMatch, cancel)
            ? Finding.Good($"HTTP {status}, body matches")
            : Finding.Bad($"HTTP {status}, but the body does not hold the expected text");
    }
}
