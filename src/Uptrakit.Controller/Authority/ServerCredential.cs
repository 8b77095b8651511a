using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>What the server shows in a handshake: its leaf with its key, and what stands between that and the root.</summary>
/// <remarks>Nobody disposes it: after a swap, handshakes and connections of the former one live on, and its handles free themselves.</remarks>
internal sealed class ServerCredential
{
    private ServerCredential(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> intermediates)
    {
        Leaf = leaf;
        Intermediates = intermediates;
        Key = SpkiFingerprint.Of(leaf);
        NotBefore = new DateTimeOffset(leaf.NotBefore).ToUniversalTime();
        NotAfter = new DateTimeOffset(leaf.NotAfter).ToUniversalTime();
        // offline: else it fetches what is missing from the URL in the certificate.
        Context = SslStreamCertificateContext.Create(leaf, [.. intermediates], offline: true);
    }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Leaf { get; }

    public IReadOnlyList<X509Certificate2> Intermediates { get; }

    public SslStreamCertificateContext Context { get; }

    /// <summary>What a token's proof is bound to: the key of the server of this connection.</summary>
    public SpkiFingerprint Key { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    public static bool TryCreate(
        X509Certificate2 leaf,
        IReadOnlyList<X509Certificate2> intermediates,
        ReadOnlySpan<byte> pkcs8,
        [NotNullWhen(true)] out ServerCredential? value)
    {
        value = null;
        foreach (AsymmetricAlgorithm key in (AsymmetricAlgorithm[])[ECDsa.Create(), RSA.Create()])
        {
            using (key)
                value ??= Join(leaf, key, pkcs8) is { } pair ? new ServerCredential(pair, intermediates) : null;
        }

        return value is not null;
    }

    /// <summary>Reads the certificates of a PEM file, the leaf first. Empty when there is none, or one that cannot be read.</summary>
    internal static IReadOnlyList<X509Certificate2> ReadCertificates(ReadOnlySpan<byte> pem)
    {
        try
        {
            X509Certificate2Collection read = [];
            read.ImportFromPem(Encoding.ASCII.GetString(pem));
            return [.. read];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    private static X509Certificate2? Join(X509Certificate2 leaf, AsymmetricAlgorithm key, ReadOnlySpan<byte> pkcs8)
    {
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            if (!leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
                return null;
            return key is ECDsa ec ? leaf.CopyWithPrivateKey(ec) : leaf.CopyWithPrivateKey((RSA)key);
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return null; // a key of the other kind
        }
    }
}
