using System.Collections.Immutable;

namespace Uptrakit.Trust.Anchors;

/// <summary>What a server's chain may end in, composed from the sources that were asked for. Never changes.</summary>
/// <remarks>Source: tofu-and-tls-hardening, "Trust composition". Nothing is in it that no flag named.</remarks>
public sealed class TrustAnchors
{
    private readonly ImmutableArray<AnchorSet> sets;

    private TrustAnchors(ImmutableArray<AnchorSet> sets) => this.sets = sets;

    /// <summary>Nothing: every server is refused.</summary>
    public static TrustAnchors None { get; } = new([]);

    /// <summary>Every anchor, in the order in which the sources were added. Loads all of them: for reports.</summary>
    public IReadOnlyList<TrustAnchor> All => [.. sets.SelectMany(s => s.All)];

    /// <summary>How many there are.</summary>
    public int Count => sets.Sum(s => s.Count);

    /// <summary>Adds the Controller's bundle.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <returns>The anchors with it.</returns>
    public TrustAnchors WithBundle(CertificateBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return With(new AnchorSet(AnchorSource.Bundle, bundle.Certificates));
    }

    /// <summary>Adds the certificates of a file of the operator.</summary>
    /// <param name="bundle">The certificates.</param>
    /// <returns>The anchors with them.</returns>
    public TrustAnchors WithCaFile(CertificateBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return With(new AnchorSet(AnchorSource.CaFile, bundle.Certificates));
    }

    /// <summary>Adds the public roots that are compiled in.</summary>
    /// <returns>The anchors with them.</returns>
    public TrustAnchors WithPublicRoots() => With(PublicRoots.Anchors);

    /// <summary>Adds the roots of this machine.</summary>
    /// <param name="roots">What <see cref="NativeRoots.Load()"/> found.</param>
    /// <returns>The anchors with them.</returns>
    public TrustAnchors WithNativeRoots(NativeRoots roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        return With(roots.Anchors);
    }

    internal IEnumerable<TrustAnchor> Named(ReadOnlyMemory<byte> subject) => sets.SelectMany(s => s.Named(subject));

    private TrustAnchors With(AnchorSet set) => new(sets.Add(set));
}
