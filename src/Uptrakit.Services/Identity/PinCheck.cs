using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Identity;

/// <summary>A pin that does not fit what is stored.</summary>
/// <param name="Demanded">The pin of this run.</param>
/// <param name="Stored">What is on disk instead.</param>
internal sealed record PinMismatch(string Demanded, string Stored);

/// <summary>"If supplied on a later run, the on-disk bundle is validated against it" (tofu-and-tls-hardening, Persistence).</summary>
internal static class PinCheck
{
    /// <summary>Null when what is stored holds what is demanded, or was vouched for by it.</summary>
    public static PinMismatch? Of(ServerTrust demanded, StoredTrust stored) => demanded switch
    {
        { Fingerprint: { } fingerprint } => Of(fingerprint, stored),
        { Spki: { } key } => Of(key, stored),
        _ => null,
    };

    /// <summary>The same for the fingerprint of an acknowledgement or of a token.</summary>
    public static PinMismatch? Of(CertificateFingerprint pin, StoredTrust stored)
    {
        bool holds = stored.Bundle.Find(pin) is not null
            || HandOverProof.Leads(former => CertificateFingerprint.Of(former).Matches(pin), stored.HandOver, stored.Bundle);
        return holds ? null : new PinMismatch(
            pin.ToString(), string.Join(", ", stored.Bundle.Certificates.Select(CertificateFingerprint.Of)));
    }

    private static PinMismatch? Of(SpkiFingerprint pin, StoredTrust stored)
    {
        if (stored.MatchedSpki is { } matched && matched.Matches(pin))
            return null;
        bool holds = stored.Bundle.Certificates.Any(HasKey)
            || HandOverProof.Leads(HasKey, stored.HandOver, stored.Bundle);
        return holds ? null : new PinMismatch(
            pin.ToString(), stored.MatchedSpki?.ToString() ?? string.Join(", ", stored.Bundle.Certificates.Select(SpkiFingerprint.Of)));

        bool HasKey(X509Certificate2 certificate) => SpkiFingerprint.TryOf(certificate, out SpkiFingerprint? key) && key.Matches(pin);
    }
}
