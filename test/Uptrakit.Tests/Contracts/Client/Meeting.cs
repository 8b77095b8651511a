using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Client;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Tests.Trust.Verification;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Contracts.Client;

/// <summary>First contacts on loopback.</summary>
internal static class Meeting
{
    public const string GetBundle = "GET /api/v1/pki/ca.crt HTTP/1.1";
    public const string GetHandOver = "GET /api/v1/pki/handover.crt HTTP/1.1";

    public static Task<HostileServer> ServeAsync(
        X509Certificate2 leaf,
        IReadOnlyList<X509Certificate2> chain,
        CertificateBundle bundle,
        CertificateBundle? handOver = null
    ) => ServeAsync(leaf, chain, bundle.ToPem(), handOver);

    public static Task<HostileServer> ServeAsync(
        X509Certificate2 leaf,
        IReadOnlyList<X509Certificate2> chain,
        string bundle,
        CertificateBundle? handOver = null
    ) =>
        HostileServer.StartAsync(
            leaf,
            chain,
            path =>
                path switch
                {
                    PkiPath.Bundle => ServedFile.Ok(bundle),
                    PkiPath.HandOver when handOver is not null => ServedFile.Ok(handOver.ToPem()),
                    _ => ServedFile.NotFound,
                }
        );

    public static Task<ContactOutcome> MeetAsync(
        HostileServer server,
        ServerTrust how,
        TrustAnchors? roots = null,
        CertificateFingerprint? acknowledged = null,
        string host = "localhost",
        CancellationToken cancel = default
    )
    {
        Assert.True(ControllerAddress.TryParse($"{host}:{server.Port}", out ControllerAddress? address, out _));
        ContactRequest request = new()
        {
            Trust = how,
            Roots = roots ?? TrustAnchors.None,
            Acknowledged = acknowledged,
        };
        return new FirstContact(new FakeTimeProvider(TestCa.Now)).EstablishAsync(address, request, cancel);
    }

    public static async Task<EstablishedTrust> EstablishedAsync(
        HostileServer server,
        ServerTrust how,
        TrustAnchors? roots = null,
        CertificateFingerprint? acknowledged = null,
        string host = "localhost",
        CancellationToken cancel = default
    )
    {
        ContactOutcome outcome = await MeetAsync(server, how, roots, acknowledged, host, cancel);
        Assert.True(outcome is ContactOutcome.Established, outcome.ToString());
        return ((ContactOutcome.Established)outcome).Trust;
    }

    public static async Task<ContactOutcome.Refused> RefusedAsync(
        HostileServer server,
        ServerTrust how,
        TrustAnchors? roots = null,
        CertificateFingerprint? acknowledged = null,
        string host = "localhost",
        CancellationToken cancel = default
    )
    {
        ContactOutcome outcome = await MeetAsync(server, how, roots, acknowledged, host, cancel);
        Assert.True(outcome is ContactOutcome.Refused, outcome.ToString());
        return (ContactOutcome.Refused)outcome;
    }

    /// <summary>The whole of what a provisional connection sends: it tells who is called, and nothing else.</summary>
    public static string ProvisionalRequest(HostileServer server) => server.BundleRequest;
}
