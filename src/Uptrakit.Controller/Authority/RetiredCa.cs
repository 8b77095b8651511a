using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>What a CA signed for another CA, and took back before its end: it says so to everyone who asks.</summary>
internal sealed record RetiredCa(X509Certificate2 Certificate, DateTimeOffset Retired)
{
    internal const X509RevocationReason Reason = X509RevocationReason.Superseded;

    /// <summary>The retired ones that this CA signed: issuing CAs, and a successor that was given up.</summary>
    internal static IEnumerable<RetiredCa> Under(LiveCa parent, CaSnapshot snapshot) =>
        from ca in snapshot.Set.Records
        where ca.ParentId == parent.Id && ca is { State: CaState.Retired, Retired: not null }
        select new RetiredCa(SignedByParent(ca), ca.Retired!.Value);

    /// <summary>Whether this CA signed a certificate with that serial number for another CA of ours, and took it back.</summary>
    internal static bool IsOurs(string serial, LiveCa parent, CaSnapshot snapshot, out RetiredCa? retired)
    {
        retired = Under(parent, snapshot).FirstOrDefault(ca => SerialText.Of(ca.Certificate) == serial);
        return retired is not null
            || snapshot.Set.Records.Any(ca => ca.ParentId == parent.Id && SerialText.Of(SignedByParent(ca)) == serial);
    }

    private static X509Certificate2 SignedByParent(CaRecord ca) =>
        X509CertificateLoader.LoadCertificate(ca.Role == CaRole.Root ? ca.CrossCertificate : ca.Certificate);
}
