using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Trust.Files;

namespace Uptrakit.Controller.Authority;

/// <summary>The server's key and certificates in one file (PEM, 0600): they change together, or not at all.</summary>
internal static class ServerLeafFile
{
    public const string FileName = "server.pem";

    private const int MaximumSize = 64 << 10;

    internal static void Write(string folder, ECDsa key, IEnumerable<byte[]> chain)
    {
        char[] secret = key.ExportPkcs8PrivateKeyPem().ToCharArray();
        byte[] content = [];
        try
        {
            string certificates = string.Join('\n', chain.Select(der => PemEncoding.WriteString("CERTIFICATE", der)));
            content = [.. Encoding.ASCII.GetBytes(secret), (byte)'\n', .. Encoding.ASCII.GetBytes(certificates), (byte)'\n'];
            DurableFile.Write(Path.Combine(folder, FileName), content, DurableFile.OwnerOnly);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            Array.Clear(secret);
        }
    }

    /// <summary>The names that the certificate in it has, also when its key is of no more use; none when there is none.</summary>
    internal static IReadOnlyList<string> NamesIn(string folder)
    {
        if (!SmallFile.TryRead(Path.Combine(folder, FileName), MaximumSize, out byte[]? content, out _))
            return [];
        SubjectNames? names = ServerCredential.ReadCertificates(content) is [X509Certificate2 leaf, ..] ? SubjectNames.Of(leaf) : null;
        CryptographicOperations.ZeroMemory(content);
        return names is null ? [] : [.. names.Dns, .. names.Addresses.Select(static address => address.ToString())];
    }

    /// <summary>False when there is none, or one that is of no use: a new one is issued then.</summary>
    internal static bool TryRead(string folder, [NotNullWhen(true)] out ServerCredential? credential)
    {
        credential = null;
        string path = Path.Combine(folder, FileName);
        if (!SmallFile.TryRead(path, MaximumSize, out byte[]? content, out _))
            return false;
        if ((File.GetUnixFileMode(path) & ~DurableFile.OwnerOnly) != 0)
            return false; // others may have the key: a fresh one costs nothing

        byte[]? key = null;
        try
        {
            IReadOnlyList<X509Certificate2> certificates = ServerCredential.ReadCertificates(content);
            return certificates.Count > 0
                && PemKey.TryReadPkcs8(content, out key)
                && ServerCredential.TryCreate(certificates[0], [.. certificates.Skip(1)], key, out credential);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
