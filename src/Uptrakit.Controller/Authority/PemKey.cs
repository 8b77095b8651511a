using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Uptrakit.Controller.Authority;

/// <summary>Private keys of the operator's, in the three PEM forms that tools write.</summary>
internal static class PemKey
{
    private static readonly string[] Labels = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"];

    internal static bool TryRead(ReadOnlySpan<byte> pem, [NotNullWhen(true)] out CaKey? key)
    {
        key = null;
        if (!TryReadPkcs8(pem, out byte[]? pkcs8))
            return false;
        CaKey.TryImport(pkcs8, out key);
        CryptographicOperations.ZeroMemory(pkcs8);
        return key is not null;
    }

    /// <summary>The key as PKCS#8; the caller wipes it.</summary>
    internal static bool TryReadPkcs8(ReadOnlySpan<byte> pem, [NotNullWhen(true)] out byte[]? pkcs8)
    {
        pkcs8 = null;
        char[] text = new char[pem.Length];
        Encoding.ASCII.GetChars(pem, text);
        try
        {
            if (!TryFind(text, out string? label))
                return false;
            using AsymmetricAlgorithm? key = Import(text, label);
            pkcs8 = key?.ExportPkcs8PrivateKey();
            return pkcs8 is not null;
        }
        finally
        {
            Array.Clear(text);
        }
    }

    // OpenSSL writes an "EC PARAMETERS" block in front of a key: skip what is not asked for.
    private static bool TryFind(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? label)
    {
        for (ReadOnlySpan<char> rest = text; PemEncoding.TryFind(rest, out PemFields fields); rest = rest[fields.Location.End..])
        {
            label = rest[fields.Label].ToString();
            if (Labels.Contains(label))
                return true;
        }

        label = null;
        return false;
    }

    private static AsymmetricAlgorithm? Import(char[] text, string label)
    {
        AsymmetricAlgorithm[] candidates = label switch
        {
            "EC PRIVATE KEY" => [ECDsa.Create()],
            "RSA PRIVATE KEY" => [RSA.Create()],
            _ => [ECDsa.Create(), RSA.Create()],
        };
        AsymmetricAlgorithm? taken = null;
        foreach (AsymmetricAlgorithm candidate in candidates)
        {
            if (taken is null && Imports(candidate, text))
                taken = candidate;
            else
                candidate.Dispose();
        }

        return taken;
    }

    private static bool Imports(AsymmetricAlgorithm key, char[] text)
    {
        try
        {
            key.ImportFromPem(text);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
