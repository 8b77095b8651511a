using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Quorum.Checks.Tls;

/// <summary>Client certificates of checks, parsed once for each text.</summary>
internal sealed class ClientCertificates
{
    private const int Limit = 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<string, SslStreamCertificateContext> known = new(StringComparer.Ordinal);

    /// <summary>Reads a certificate, those between it and its root, and its key, all in PEM.</summary>
    internal bool TryRead(string pem, out SslStreamCertificateContext? context, out string fault)
    {
        fault = "";
        // The key of the dictionary is a digest: the text itself is a private key, and need not lie about once more.
        string digest = Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(pem)));
        lock (gate)
        {
            if (known.TryGetValue(digest, out context))
                return true;
            try
            {
                context = Parse(pem);
            }
            catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
            {
                // The message of the platform may quote what it could not read.
                fault = "the client certificate cannot be read: it must be PEM, a certificate first and its unencrypted private key";
                return false;
            }

            if (known.Count >= Limit)
                known.Clear();
            known.Add(digest, context);
            return true;
        }
    }

    private static SslStreamCertificateContext Parse(string pem)
    {
        X509Certificate2 leaf = X509Certificate2.CreateFromPem(pem, pem);
        X509Certificate2Collection chain = [];
        chain.ImportFromPem(pem);
        X509Certificate2Collection between = [];
        foreach (X509Certificate2 each in chain)
        {
            if (!each.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span))
                between.Add(each);
        }

        return SslStreamCertificateContext.Create(leaf, between, offline: true);
    }
}
