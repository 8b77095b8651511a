using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Files;

namespace Uptrakit.Trust.Identity;

/// <summary>The three files of a key pair: <c>private.pem</c>, <c>public.pem</c>, <c>cert.pem</c>.</summary>
/// <remarks>
/// The certificate is written last: without it there is no pair yet, and with it both others are durable. A crash between
/// two of the writes leaves files that do not belong together, and <see cref="TryRead"/> refuses those.
/// </remarks>
internal static class KeyFolder
{
    internal const string PrivateName = "private.pem";
    internal const string PublicName = "public.pem";
    internal const string CertificateName = "cert.pem";

    private const int MaximumSize = 64 << 10; // a 16384-bit RSA key in PEM takes 13 KiB
    private const UnixFileMode Owner = DurableFile.OwnerOnly;
    private const UnixFileMode Everyone = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    internal static bool HasCertificate(string folder) => File.Exists(Path.Combine(folder, CertificateName));

    internal static void Write(string folder, X509Certificate2 certificate)
    {
        PrivateFolder.Create(folder, Owner | UnixFileMode.UserExecute);
        byte[] secret = KeyPem.PrivateOf(certificate);
        try
        {
            DurableFile.Write(Path.Combine(folder, PrivateName), secret, Owner);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        string shown = PemEncoding.WriteString("PUBLIC KEY", certificate.PublicKey.ExportSubjectPublicKeyInfo());
        byte[] open = Encoding.ASCII.GetBytes(shown + "\n");
        DurableFile.Write(Path.Combine(folder, PublicName), open, Everyone);
        byte[] leaf = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");
        DurableFile.Write(Path.Combine(folder, CertificateName), leaf, Everyone);
    }

    /// <summary>Reads the pair. The certificate that comes out carries its private key.</summary>
    internal static bool TryRead(
        string folder, [NotNullWhen(true)] out X509Certificate2? pair, [NotNullWhen(false)] out string? fault)
    {
        pair = null;
        if (!TryReadKey(folder, out AsymmetricAlgorithm? key, out fault))
            return false;

        using (key)
        {
            string path = Path.Combine(folder, CertificateName);
            if (!TryReadText(path, secret: false, out byte[]? text, out fault))
                return false;
            using X509Certificate2? leaf = KeyPem.CertificateOf(text);
            if (leaf is null)
            {
                fault = $"{path} holds no readable certificate: restore it from a backup";
                return false;
            }

            pair = KeyPem.Join(leaf, key);
        }

        fault = pair is null ? Mismatch(folder, CertificateName) : PublicFault(folder, pair);
        if (fault is not null)
        {
            pair?.Dispose();
            pair = null;
        }

        return pair is not null;
    }

    /// <summary>The fingerprint of the private key alone, or null when it cannot be read.</summary>
    internal static SpkiFingerprint? PrivateFingerprint(string folder)
    {
        if (!TryReadKey(folder, out AsymmetricAlgorithm? key, out _))
            return null;
        using (key)
            return SpkiFingerprint.OfSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Removes the pair, certificate first: from then on there is no pair.</summary>
    internal static void Remove(string folder)
    {
        foreach (string name in (ReadOnlySpan<string>)[CertificateName, PublicName, PrivateName])
            DurableFile.Delete(Path.Combine(folder, name));
    }

    private static string? PublicFault(string folder, X509Certificate2 pair)
    {
        string path = Path.Combine(folder, PublicName);
        if (!TryReadText(path, secret: false, out byte[]? text, out string? fault))
            return fault;
        return KeyPem.PublicFingerprintOf(text) is { } shown && shown.Matches(SpkiFingerprint.Of(pair))
            ? null
            : Mismatch(folder, PublicName);
    }

    private static string Mismatch(string folder, string name) =>
        $"{Path.Combine(folder, PrivateName)} does not belong to {Path.Combine(folder, name)}: restore both from one "
        + "backup, or remove the node from the cluster and enroll it anew";

    private static bool TryReadKey(
        string folder, [NotNullWhen(true)] out AsymmetricAlgorithm? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        string path = Path.Combine(folder, PrivateName);
        if (!TryReadText(path, secret: true, out byte[]? text, out fault))
            return false;

        key = KeyPem.PrivateKeyOf(text);
        CryptographicOperations.ZeroMemory(text);
        fault = key is null ? $"{path} holds no usable private key (PEM, not encrypted, P-256 or larger, RSA 2048 or "
            + "larger): restore it from a backup" : null;
        return fault is null;
    }

    private static bool TryReadText(
        string path, bool secret, [NotNullWhen(true)] out byte[]? text, [NotNullWhen(false)] out string? fault)
    {
        text = null;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            fault = secret ? SecretFault(path, file) : null;
            // A pipe has no length.
            fault ??= !file.CanSeek ? $"{path} is no file: restore it from a backup" : null;
            fault ??= file.Length > MaximumSize ? $"{path} is too large for a PEM file: restore it from a backup" : null;
            if (fault is not null)
                return false;

            text = new byte[file.Length];
            file.ReadExactly(text);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            fault = $"{path} is missing: restore it from a backup, or enroll this node anew";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"{path} cannot be read by user {PrivateFolder.CurrentUser}: {e.Message}";
        }

        text = null;
        return false;
    }

    private static string? SecretFault(string path, FileStream file)
    {
        // The mode of the very file that is open, not of whatever has that name by now.
        UnixFileMode mode = File.GetUnixFileMode(file.SafeFileHandle);
        if ((mode & ~(Owner | UnixFileMode.UserExecute)) != 0)
            return $"{path} can be read by other users (mode {PrivateFolder.Octal(mode)}): run 'chmod 600 {path}', and "
                + "replace the key with 'qu node rotate-key' if anybody may have read it";

        uint owner = PrivateFolder.OwnerOf(path);
        return owner == PrivateFolder.CurrentUser || owner == 0
            ? null
            : $"{path} belongs to user {owner}: run 'chown {PrivateFolder.CurrentUser} {path}'";
    }
}
