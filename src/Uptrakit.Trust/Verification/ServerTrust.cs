using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Verification;

/// <summary>How a server is to be verified: the mode, its pin, and whether its name counts.</summary>
public sealed record ServerTrust
{
    private static readonly ServerTrust ByAnchors = new(TrustMode.System, null, null, skipHostname: false);
    private static readonly ServerTrust Anyone = new(TrustMode.Insecure, null, null, skipHostname: true);

    private ServerTrust(TrustMode mode, CertificateFingerprint? fingerprint, SpkiFingerprint? spki, bool skipHostname)
    {
        Mode = mode;
        Fingerprint = fingerprint;
        Spki = spki;
        SkipHostname = skipHostname;
    }

    /// <summary>The mode.</summary>
    public TrustMode Mode { get; }

    /// <summary>The pinned certificate of <see cref="TrustMode.PinFingerprint"/>; null in every other mode.</summary>
    public CertificateFingerprint? Fingerprint { get; }

    /// <summary>The pinned key of <see cref="TrustMode.PinSpki"/>; null in every other mode.</summary>
    public SpkiFingerprint? Spki { get; }

    /// <summary>
    /// Whether the name in the certificate is left aside. Dates, key usage and path never are, except in
    /// <see cref="TrustMode.Insecure"/>, which looks at nothing. With a pinned authority every server that it has issued a
    /// certificate to is then believed: worth a warning.
    /// </summary>
    public bool SkipHostname { get; }

    /// <summary>The mode as flags, files and pages write it.</summary>
    public string ModeName => NameOf(Mode);

    /// <summary>The mode as flags, files and pages write it.</summary>
    /// <param name="mode">The mode.</param>
    /// <returns><c>system</c>, <c>pin-fingerprint</c>, <c>pin-spki</c> or <c>insecure-tofu</c>.</returns>
    public static string NameOf(TrustMode mode) =>
        mode switch
        {
            TrustMode.System => "system",
            TrustMode.PinFingerprint => "pin-fingerprint",
            TrustMode.PinSpki => "pin-spki",
            TrustMode.Insecure => "insecure-tofu",
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "not a trust mode"),
        };

    /// <summary>A chain to a trust anchor; the name is always enforced.</summary>
    /// <returns>The trust.</returns>
    public static ServerTrust System() => ByAnchors;

    /// <summary>A chain to one certificate of an authority.</summary>
    /// <param name="fingerprint">SHA-256 of the DER of that certificate.</param>
    /// <param name="skipHostname">Leaves the name aside.</param>
    /// <returns>The trust.</returns>
    public static ServerTrust PinFingerprint(CertificateFingerprint fingerprint, bool skipHostname)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return new ServerTrust(TrustMode.PinFingerprint, fingerprint, null, skipHostname);
    }

    /// <summary>The key of the server, or of the authority above it.</summary>
    /// <param name="spki">SHA-256 of the SubjectPublicKeyInfo.</param>
    /// <param name="skipHostname">Leaves the name aside.</param>
    /// <returns>The trust.</returns>
    public static ServerTrust PinSpki(SpkiFingerprint spki, bool skipHostname)
    {
        ArgumentNullException.ThrowIfNull(spki);
        return new ServerTrust(TrustMode.PinSpki, null, spki, skipHostname);
    }

    /// <summary>Anyone who answers. The name is never looked at.</summary>
    /// <returns>The trust.</returns>
    public static ServerTrust Insecure() => Anyone;
}
