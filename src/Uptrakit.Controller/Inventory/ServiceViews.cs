using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Api;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Storage.Rows;

namespace Uptrakit.Controller.Inventory;

/// <summary>Writes Services as the API shows them.</summary>
internal static class ServiceViews
{
    public static ServiceView Of(ServiceRow row, bool connected, CaRecord? issuer) => new(
        row.Id.ToString("D"),
        row.FriendlyName,
        row.Kind,
        NameOf(row.State),
        row.Key,
        row.Capabilities,
        row.Version,
        row.RequestedAt,
        row.EnrolledAt,
        row.LastSeenAt,
        connected,
        TrustOf(row),
        CertificateOf(row, issuer),
        FactsOf(row));

    public static string NameOf(ServiceState state) => state switch
    {
        ServiceState.Pending => "pending",
        ServiceState.Active => "active",
        ServiceState.Revoked => "revoked",
        _ => "rejected",
    };

    private static ServiceTrustView? TrustOf(ServiceRow row) => row.TrustMode is not { } mode ? null : new ServiceTrustView(
        mode, row.TrustAnchors.Split(' ', StringSplitOptions.RemoveEmptyEntries), row.PublicRoots, row.NativeRoots, row.SkipHostname);

    private static ServiceCertificateView? CertificateOf(ServiceRow row, CaRecord? issuer)
    {
        if (row is not { Serial: { } serial, CertificateFingerprint: { } fingerprint, CertificateNotBefore: { } from, CertificateNotAfter: { } to })
            return null;
        using X509Certificate2? ca = issuer is null ? null : X509CertificateLoader.LoadCertificate(issuer.Certificate);
        return new ServiceCertificateView(serial, fingerprint, from, to, ca?.Subject ?? "");
    }

    private static HostFactsView? FactsOf(ServiceRow row)
    {
        if (row.Facts is null)
            return null;
        HostFacts facts = HostFacts.Parser.ParseFrom(row.Facts);
        return new HostFactsView(
            facts.Hostname,
            facts.OsName,
            facts.OsVersion,
            facts.Kernel,
            facts.Architecture,
            facts.BootTimeUnix > 0 ? DateTimeOffset.FromUnixTimeSeconds(facts.BootTimeUnix) : null,
            (int)Math.Min(facts.Cpus, int.MaxValue),
            (long)Math.Min(facts.MemoryBytes, long.MaxValue),
            [.. facts.Addresses]);
    }
}
