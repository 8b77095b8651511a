namespace Uptrakit.Controller.Authority;

/// <summary>Who this Authority is.</summary>
/// <param name="ControllerId">Made at the first start; names the CAs and the trust domain.</param>
/// <param name="Pki">Where CRL, OCSP and issuers are fetched over plain HTTP (<c>--pki-addr</c>); null leaves them out of certificates.</param>
internal sealed record AuthorityOptions(Guid ControllerId, PkiAddress? Pki = null)
{
    /// <summary>The authority part of every SPIFFE id that this Controller issues.</summary>
    public string TrustDomain { get; } = ControllerId.ToString("D");

    /// <summary>Enough of the id to tell the CAs of two Controllers apart in a list.</summary>
    public string ShortId { get; } = ControllerId.ToString("N")[..8];
}
