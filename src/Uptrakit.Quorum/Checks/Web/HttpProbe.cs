using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Uptrakit.Quorum.Checks.Tls;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>An HTTP target is well when it gives the expected status, in time, and a body that is as it must be.</summary>
/// <remarks>
/// Each request has a connection of its own: it sees what a first-time visitor sees. The exchange is written out here and not
/// left to the framework's client, which costs about twice the CPU when no connection is ever used again.
/// </remarks>
internal sealed class HttpProbe(
    TargetResolver resolver, AddressRace race, TargetTls tls, ISecrets secrets, TimeProvider clock) : DeadlineProbe(clock)
{
    private static readonly string[] s_goodDetails = [.. Enumerable.Range(0, 600).Select(status => $"HTTP {status}")];

    private readonly PlanBook<HttpPlan> plans = new(static check => new HttpPlan(check));
    private readonly ClientCertificates clientCertificates = new();
    private readonly TimeProvider clock = clock;

    protected override async ValueTask<Finding> LookAsync(Check check, CancellationToken cancel)
    {
        HttpPlan plan = plans.Of(check);
        if (plan.Fault is { } fault)
            return Finding.Bad(fault);
        if (!TryFirst(plan, out HttpStop stop, out string missing))
            return Finding.Bad(missing);

        RedirectGuard guard = new(plan.RedirectsAnywhere);
        DateTimeOffset? ends = null;
        for (int followed = 0; ; followed++)
        {
            Resolution found = await resolver.ResolveAsync(stop.Place.IdnHost, check.Resolvers, CheckTimes.Timeout(check), cancel);
            if (found.Failure is { } failure)
                return Finding.Bad(failure);
            if (guard.Admit(found.Addresses) is not { Count: > 0 } allowed)
                return Finding.Bad("refused to follow a redirect to a loopback or link-local address");

            SslClientAuthenticationOptions? encryption = TlsOf(plan, stop);
            Socket socket = await race.ConnectAsync(allowed, stop.Place.Port, cancel);
            using HttpConnection connection = await HttpConnection.OverAsync(socket, encryption, cancel);
            ends = ends < connection.CertificateEnds ? ends : connection.CertificateEnds ?? ends;
            await connection.Stream.WriteAsync(stop.Request, cancel);
            using HttpAnswerStream answer = new(connection.Stream);
            HttpHead head = await answer.ReadHeadAsync(stop.Method == "HEAD", cancel);
            if (!LeadsOn(plan, head))
                return CertificateTerm.Weigh(await JudgeAsync(plan, head, answer, cancel), ends, plan.WarnDays, clock.GetUtcNow());
            if (followed == plan.Redirects)
                return Finding.Bad($"more than {plan.Redirects} redirects");
            if (!HttpPlan.TryWeb(stop.Place, head.Location, out Uri next))
                return Finding.Bad("the redirect leads to something that is not an http or https URL");

            stop = stop.Next(plan, head.Status, next);
        }
    }

    protected override Finding Weigh(Check check, Finding finding, TimeSpan took) =>
        check.Http is { } http ? Weigh(finding, took, http.SlowMs, http.TooSlowMs) : finding;

    private bool TryFirst(HttpPlan plan, out HttpStop stop, out string fault)
    {
        stop = default;
        fault = "";
        SslStreamCertificateContext? certificate = null;
        if (plan.ClientCertificate is { } secret
            && (!secrets.TryRead(plan.PlaceOf(SecretSlots.ClientCertificate), secret, out string pem, out fault)
                || (pem.Length > 0 && !clientCertificates.TryRead(pem, out certificate, out fault))))
            return false;
        if (plan.Ready is { } ready)
        {
            stop = new HttpStop(plan.Place, plan.Method, ready.Bytes, ready.Headers, certificate);
            return true;
        }

        if (!plan.TryHeaders(secrets, out List<(string, string)> headers, out fault))
            return false;
        byte[] request = plan.Keep(HttpRequestText.Write(plan.Method, plan.Place, headers, plan.Body), headers);
        stop = new HttpStop(plan.Place, plan.Method, request, headers, certificate);
        return true;
    }

    private SslClientAuthenticationOptions? TlsOf(HttpPlan plan, HttpStop stop)
    {
        if (stop.Place.Scheme != Uri.UriSchemeHttps)
            return null;
        string host = stop.Place.IdnHost;
        SslClientAuthenticationOptions options = plan.Insecure ? tls.Unjudged(host) : tls.Options(host);
        options.ApplicationProtocols = [SslApplicationProtocol.Http11];
        options.ClientCertificateContext = HttpStop.IsHome(plan.Place, stop.Place) ? stop.Certificate : null;
        return options;
    }

    // A redirect that is itself what the check expects is the answer, and so is one that is not to be followed.
    private static bool LeadsOn(HttpPlan plan, HttpHead head) =>
        head.Status is (int)HttpStatusCode.MovedPermanently or (int)HttpStatusCode.Found or (int)HttpStatusCode.SeeOther
            or (int)HttpStatusCode.TemporaryRedirect or (int)HttpStatusCode.PermanentRedirect
        && head.Location is not null
        && plan.Redirects > 0
        && !(plan.Expect.IsExplicit && plan.Expect.Holds(head.Status));

    private async ValueTask<Finding> JudgeAsync(HttpPlan plan, HttpHead head, HttpAnswerStream answer, CancellationToken cancel)
    {
        if (!plan.Expect.Holds(head.Status))
            return Finding.Bad($"HTTP {head.Status}, expected {plan.Expect.Text}");
        if (!plan.ReadsBody)
            return Finding.Good(head.Status < s_goodDetails.Length ? s_goodDetails[head.Status] : $"HTTP {head.Status}");

        string? fault = await new BodyJudge(plan, clock).FaultOfAsync(answer, cancel);
        return fault is null
            ? Finding.Good($"HTTP {head.Status}, {(plan.Json.Length > 0 ? "JSON" : "body")} matches")
            : Finding.Bad($"HTTP {head.Status}, but {fault}");
    }
}
