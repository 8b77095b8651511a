namespace Uptrakit.Trust.Identity;

/// <summary>The kinds of key that a node can be given.</summary>
public enum KeyType
{
    /// <summary>ECDSA on NIST P-256 (FIPS 186-5): the default; small and quick in a handshake.</summary>
    EcdsaP256,

    /// <summary>RSA with 3072 bits: for policies that demand RSA; about the same strength as P-256 (SP 800-57).</summary>
    Rsa3072,
}
