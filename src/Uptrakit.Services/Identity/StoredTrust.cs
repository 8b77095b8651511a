using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Identity;

/// <summary>The anchors of a Controller, and how they came to be trusted.</summary>
/// <param name="How">The mode of the first contact.</param>
/// <param name="Pin">The fingerprint that was demanded then.</param>
/// <param name="MatchedSpki">The key hash that was demanded and found then: a later run with the same flag finds it here.</param>
/// <param name="ByPinnedKey">
/// Only that key vouches for the server, its certificate does not chain to the bundle: then the key stays what it is verified by.
/// </param>
/// <param name="Bundle">The anchors.</param>
/// <param name="HandOver">Former roots and what they signed for their successors: why the present root may stand for a former one.</param>
internal sealed record StoredTrust(
    TrustMode How,
    CertificateFingerprint? Pin,
    SpkiFingerprint? MatchedSpki,
    bool ByPinnedKey,
    CertificateBundle Bundle,
    IReadOnlyList<X509Certificate2> HandOver)
{
    /// <summary>The pin of the first contact as the mode of a run; null when there was none.</summary>
    public ServerTrust? AsPin(bool skipHostname) =>
        Pin is not null ? ServerTrust.PinFingerprint(Pin, skipHostname)
        : MatchedSpki is not null ? ServerTrust.PinSpki(MatchedSpki, skipHostname)
        : null;
}
