using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>The framework's path validation without what it does by default: the machine's roots, the network, its own clock.</summary>
internal static class OfflineChain
{
    /// <summary>Whether the leaf chains through exactly these certificates to this anchor at that time, for that use.</summary>
    internal static bool Holds(
        X509Certificate2 leaf, IReadOnlyList<X509Certificate2> above, string? usage, DateTimeOffset now)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.DisableCertificateDownloads = true; // a leaf names the URL it likes; nobody calls it
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // asked of the store, where it is known at once
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.Add(above[^1]);
        foreach (X509Certificate2 certificate in above.SkipLast(1))
            chain.ChainPolicy.ExtraStore.Add(certificate);
        if (usage is not null)
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));

        bool built = chain.Build(leaf);
        try
        {
            return built && Through(chain.ChainElements, leaf, above);
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    // The machine's own stores also feed the path builder: what it found must be what we meant.
    private static bool Through(X509ChainElementCollection elements, X509Certificate2 leaf, IReadOnlyList<X509Certificate2> above)
    {
        if (elements.Count != above.Count + 1 || !Same(elements[0].Certificate, leaf))
            return false;
        for (int i = 0; i < above.Count; i++)
        {
            if (!Same(elements[i + 1].Certificate, above[i]))
                return false;
        }

        return true;
    }

    private static bool Same(X509Certificate2 a, X509Certificate2 b) => a.RawDataMemory.Span.SequenceEqual(b.RawDataMemory.Span);
}
