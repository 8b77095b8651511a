using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>A server certificate of the operator's (<c>--tls-cert</c>, <c>--tls-key</c>), read again when the files change.</summary>
internal sealed class OperatorPair(string certificatePath, string keyPath, TimeProvider clock, ILogger<OperatorPair> logger)
{
    private const int MaximumSize = 256 << 10;

    private readonly Lock gate = new();
    private byte[] seen = [];
    private volatile ServerCredential? current;

    /// <summary>What new handshakes show; null before the first <see cref="Refresh"/> that succeeded.</summary>
    public ServerCredential? Current => current;

    /// <summary>Reads the files and, when they changed, judges them. To be called at the start and then every minute.</summary>
    /// <returns>Null when they are in use; else a sentence that names the flag: the present certificate stays in use.</returns>
    public string? Refresh()
    {
        lock (gate)
        {
            if (!SmallFile.TryRead(certificatePath, MaximumSize, out byte[]? certificates, out string? fault))
                return $"--tls-cert: {fault}";
            if (!SmallFile.TryReadSecret(keyPath, MaximumSize, out byte[]? key, out fault))
                return $"--tls-key: {fault}";

            try
            {
                byte[] digest = SHA256.HashData([.. SHA256.HashData(certificates), .. SHA256.HashData(key)]);
                return digest.AsSpan().SequenceEqual(seen) ? null : Take(certificates, key, digest);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }
    }

    private string? Take(byte[] certificates, byte[] key, byte[] digest)
    {
        if (!TryJudge(certificates, key, out ServerCredential? next, out string? fault))
            return fault;

        seen = digest;
        current = next;
        logger.OperatorPairTaken(certificatePath, next.NotAfter);
        return null;
    }

    private bool TryJudge(
        byte[] certificatePem, byte[] keyPem, [NotNullWhen(true)] out ServerCredential? value, [NotNullWhen(false)] out string? fault)
    {
        value = null;
        IReadOnlyList<X509Certificate2> certificates = ServerCredential.ReadCertificates(certificatePem);
        fault = certificates.Count == 0
            ? $"--tls-cert: {certificatePath} holds no readable PEM certificate"
            : LeafFault(certificates[0], clock.GetUtcNow()) is { } words ? $"--tls-cert: {certificatePath}: the first certificate {words}"
            : null;
        if (fault is not null)
            return false;

        if (!PemKey.TryReadPkcs8(keyPem, out byte[]? key))
        {
            fault = $"--tls-key: {keyPath} holds no usable private key (PEM, not encrypted, EC or RSA)";
            return false;
        }

        // Roots are left out: a client has its own, or none.
        X509Certificate2[] intermediates = [.. certificates.Skip(1).Where(above => !IsSelfIssued(above))];
        bool fits = ServerCredential.TryCreate(certificates[0], intermediates, key, out value);
        CryptographicOperations.ZeroMemory(key);
        fault = fits ? null : $"--tls-key: the key in {keyPath} does not belong to the first certificate in {certificatePath}";
        return fits;
    }

    private static string? LeafFault(X509Certificate2 leaf, DateTimeOffset now)
    {
        X509EnhancedKeyUsageExtension? usage = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        if (leaf.Extensions.OfType<X509BasicConstraintsExtension>().Any(basic => basic.CertificateAuthority))
            return "is that of a CA: the server's own comes first";
        if (usage is not null && usage.EnhancedKeyUsages[Oids.ServerAuth] is null)
            return "is not for servers (extended key usage)";
        if (SubjectNames.Of(leaf) is not { } names || names.Dns.Count + names.Addresses.Count == 0)
            return "has no subject alternative name: clients do not look at the common name";
        if (now < leaf.NotBefore)
            return $"is not valid before {leaf.NotBefore.ToUniversalTime():u}";
        if (now > leaf.NotAfter)
            return $"has expired on {leaf.NotAfter.ToUniversalTime():u}";
        return KeyPolicy.Accepts(leaf.PublicKey.ExportSubjectPublicKeyInfo())
            ? null
            : "has a key that is not P-256, P-384 or RSA of 2048 to 4096 bits";
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
