namespace Uptrakit.Controller.Authority;

/// <summary>Object identifiers by the names their documents give them.</summary>
internal static class Oids
{
    internal const string ServerAuth = "1.3.6.1.5.5.7.3.1"; // RFC 5280, section 4.2.1.12
    internal const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    internal const string SubjectAltName = "2.5.29.17";

    internal const string RsaEncryption = "1.2.840.113549.1.1.1"; // RFC 3279
    internal const string EcPublicKey = "1.2.840.10045.2.1"; // RFC 5480
    internal const string P256 = "1.2.840.10045.3.1.7";
    internal const string P384 = "1.3.132.0.34";

    internal const string OcspBasic = "1.3.6.1.5.5.7.48.1.1"; // RFC 6960
    internal const string OcspNonce = "1.3.6.1.5.5.7.48.1.2";

    /// <summary>SHA-2 with ECDSA or RSA PKCS#1. No SHA-1, and no PSS: its parameters can name SHA-1 again.</summary>
    internal static readonly IReadOnlySet<string> StrongSignatures = new HashSet<string>(StringComparer.Ordinal)
    {
        "1.2.840.10045.4.3.2", // ecdsa-with-SHA256, RFC 5758
        "1.2.840.10045.4.3.3", // ecdsa-with-SHA384
        "1.2.840.10045.4.3.4", // ecdsa-with-SHA512
        "1.2.840.113549.1.1.11", // sha256WithRSAEncryption, RFC 4055
        "1.2.840.113549.1.1.12", // sha384WithRSAEncryption
        "1.2.840.113549.1.1.13", // sha512WithRSAEncryption
    };
}
