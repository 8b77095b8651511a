using System.Net;
using System.Security.Authentication;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>
/// Fetches bundles: HTTP/1.1, no redirects, no proxy, at most 256 KiB, all within one deadline. Sends a GET and nothing else.
/// </summary>
internal sealed class BundleFetch : IDisposable
{
    private readonly ControllerAddress address;
    private readonly VerifiedHandler handler;
    private readonly HttpClient http;
    private readonly CancellationTokenSource timed;

    public BundleFetch(ControllerAddress address, ServerPolicy policy, TimeProvider clock, TimeSpan deadline)
    {
        this.address = address;
        timed = new CancellationTokenSource(deadline, clock);
        handler = new VerifiedHandler(address, policy, clock);
        // The bundle and the evidence come over one connection: what was judged is what served both.
        handler.Http.MaxConnectionsPerServer = 1;
        http = new HttpClient(handler.Http, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The verdict on the connection; null before it was made.</summary>
    public ServerVerdict? Verdict => handler.Verdict;

    /// <summary>What the server showed; null before the connection was made.</summary>
    public SeenServer? Seen => handler.Seen;

    /// <summary>What the newest answer says of the time; null when it says nothing.</summary>
    public DateTimeOffset? ServerTime { get; private set; }

    public async Task<FetchOutcome> GetAsync(string path, CancellationToken cancel)
    {
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(timed.Token, cancel);
        try
        {
            return await RequestAsync(path, linked.Token);
        }
        catch (HttpRequestException e)
        {
            return Explain(e);
        }
        catch (IOException)
        {
            return new FetchOutcome.Unreachable($"{address} broke off in the middle of its answer");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new FetchOutcome.Unreachable($"{address} did not answer in time");
        }
    }

    public void Dispose()
    {
        http.Dispose();
        handler.Dispose();
        timed.Dispose();
    }

    private async Task<FetchOutcome> RequestAsync(string path, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(address.Base, path))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        ServerTime = response.Headers.Date;
        if (response.StatusCode is not HttpStatusCode.OK)
            return OfStatus(response.StatusCode);

        byte[] buffer = new byte[CertificateBundle.MaximumSize + 1];
        await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
        int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return CertificateBundle.TryParse(buffer.AsSpan(0, length), out CertificateBundle? bundle, out BundleFault fault)
            ? new FetchOutcome.Got(bundle)
            : new FetchOutcome.BadBundle(WordsOf(fault));
    }

    private FetchOutcome OfStatus(HttpStatusCode status) =>
        (int)status switch
        {
            404 => new FetchOutcome.Absent(),
            >= 300 and < 400 => new FetchOutcome.BadBundle(
                "the server sends callers elsewhere for its bundle, which nobody may follow: "
                    + "give the Controller's own address"
            ),
            429 or >= 500 => new FetchOutcome.Unreachable($"{address} is not ready (HTTP {(int)status})"),
            _ => new FetchOutcome.BadBundle($"the server does not serve its bundle (HTTP {(int)status}): is it a Controller?"),
        };

    private FetchOutcome Explain(HttpRequestException fault)
    {
        if (Verdict is { Accepted: false } refused)
            return new FetchOutcome.ServerRefused(refused);
        // The platform's words about a handshake name no cause that an operator could act on, and hold what the peer sent.
        if (fault.InnerException is AuthenticationException)
            return new FetchOutcome.ServerRefused(ServerVerdict.Refuse(ServerRefusal.NoTls13));
        return fault.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new FetchOutcome.Unreachable($"the name {address.Host} can not be looked up"),
            HttpRequestError.ConnectionError => new FetchOutcome.Unreachable($"nobody listens at {address}"),
            HttpRequestError.SecureConnectionError => new FetchOutcome.Unreachable($"{address} broke off the TLS handshake"),
            HttpRequestError.ConfigurationLimitExceeded => new FetchOutcome.BadBundle(
                "the server's answer is larger than any bundle"
            ),
            _ => new FetchOutcome.Unreachable($"{address} gave no proper HTTP answer"),
        };
    }

    private static string WordsOf(BundleFault fault) =>
        fault switch
        {
            BundleFault.TooLarge => "the server's bundle is larger than 256 KiB",
            BundleFault.TooManyCertificates => "the server's bundle holds more than 16 certificates",
            BundleFault.NoCertificate => "the server's bundle holds no certificate: is it a Controller?",
            BundleFault.NotACa => "the server's bundle holds a certificate that is not an authority's",
            _ => "the server's bundle can not be read",
        };
}
