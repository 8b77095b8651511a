using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>A former root and what it signed for its successor: how a Service that pinned the former one can follow.</summary>
internal sealed record HandOver(X509Certificate2 Former, X509Certificate2 Cross);

/// <summary>All CAs at one version of the store, ready to use. Nothing in it changes: it is replaced whole.</summary>
internal sealed class CaSnapshot
{
    // Services read as many certificates of evidence as there may be in a bundle, and a hand-over is two.
    private const int MostHandOvers = CertificateBundle.MaximumCertificates / 2;

    private readonly Dictionary<string, LiveCa> byKeyId;

    private CaSnapshot(CaSet set, IReadOnlyList<LiveCa> all)
    {
        Set = set;
        byKeyId = new Dictionary<string, LiveCa>(StringComparer.Ordinal);
        foreach (LiveCa ca in all.Where(ca => ca.Key is not null).OrderByDescending(ca => ca.Record.Generation))
            byKeyId.TryAdd(ca.KeyId, ca); // an operator's tool may give two of its CAs one identifier: the newer one then
        Issuing = all.Single(ca => ca.Id == set.ActiveIssuing?.Id);
        Accepted = [.. all.Where(IsAccepted).OrderByDescending(ca => ca.Id == Issuing.Id).ThenByDescending(ca => ca.Record.Generation)];
        Roots = [.. all.Where(ca => ca.Record.Role == CaRole.Root)];
        Bundle = Anchors();
        HandOvers = [.. Roots.Where(WasHandedOver).TakeLast(MostHandOvers).Select(HandOverTo)];
        Intermediates = [.. new[] { Issuing.Certificate }.Concat(Issuing.Above).SkipLast(1)];
        ServerIntermediates = CrossToSend() is { } cross ? [.. Intermediates, cross] : Intermediates;
    }

    public long Version => Set.Version;

    public CaSet Set { get; }

    /// <summary>The one that signs leaves now.</summary>
    public LiveCa Issuing { get; }

    /// <summary>The ones whose client certificates are accepted, the active one first.</summary>
    public IReadOnlyList<LiveCa> Accepted { get; }

    /// <summary>Every root there ever was, oldest first; also the ones that were given up.</summary>
    public IReadOnlyList<LiveCa> Roots { get; }

    /// <summary>What Services are to trust, the active root first.</summary>
    public IReadOnlyList<X509Certificate2> Bundle { get; }

    /// <summary>The certificate whose fingerprint operators see and pin.</summary>
    public X509Certificate2 Anchor => Issuing.Anchor;

    /// <summary>The newest hand-overs, oldest first: who was away for longer than that has to be told the new pin.</summary>
    public IReadOnlyList<HandOver> HandOvers { get; }

    /// <summary>What stands between a new leaf and its root, without the root: the rest of what a Service gets.</summary>
    public IReadOnlyList<X509Certificate2> Intermediates { get; }

    /// <summary>What the server sends after its leaf: also the cross-certificate, until the former root is retired.</summary>
    public IReadOnlyList<X509Certificate2> ServerIntermediates { get; }

    /// <summary>A CA that still signs CRL and OCSP answers, by the lower-case hex of its key identifier.</summary>
    public LiveCa? Find(string keyId) => byKeyId.GetValueOrDefault(keyId);

    /// <summary>All that still sign CRL and OCSP answers.</summary>
    public IEnumerable<LiveCa> WithKey => byKeyId.Values;

    public static bool TryOpen(
        CaSet set, IKeySealer sealer, [NotNullWhen(true)] out CaSnapshot? snapshot, [NotNullWhen(false)] out string? fault)
    {
        snapshot = null;
        fault = null;
        Dictionary<Guid, LiveCa> all = [];
        foreach (CaRecord record in set.Records.OrderBy(ca => ca.Role).ThenBy(ca => ca.Generation)) // roots first
        {
            X509Certificate2? root = record.ParentId is { } parent ? all.GetValueOrDefault(parent)?.Certificate : null;
            if (!LiveCa.TryOpen(record, root, sealer, out LiveCa? ca, out fault))
                return false;
            all.Add(ca.Id, ca);
        }

        snapshot = new CaSnapshot(set, [.. all.Values]);
        return true;
    }

    private static bool IsAccepted(LiveCa ca) =>
        ca.Record.Role != CaRole.Root && ca.Record.State is (CaState.Active or CaState.Retiring);

    // Not to one that is only prepared, and never to one that was given up.
    private static bool WasHandedOver(LiveCa root) =>
        root.Record.CrossCertificate.Length > 0
        && (root.Record.Activated is not null || root.Record.State == CaState.Distributing);

    private IReadOnlyList<X509Certificate2> Anchors()
    {
        IEnumerable<X509Certificate2> own = Roots
            .Where(root => root.Record.State is CaState.Distributing or CaState.Active or CaState.Retiring)
            .OrderByDescending(root => root.Record.State == CaState.Active)
            .ThenByDescending(root => root.Record.Generation)
            .Select(root => root.Certificate);
        IEnumerable<X509Certificate2> external = Accepted.Where(ca => ca.Record.Role == CaRole.External).Select(ca => ca.Anchor);
        return [.. external.Concat(own).DistinctBy(CertificateFingerprint.Of)];
    }

    private HandOver HandOverTo(LiveCa root) => new(
        Roots.Single(former => former.Id == root.Record.ParentId).Certificate,
        X509CertificateLoader.LoadCertificate(root.Record.CrossCertificate));

    private X509Certificate2? CrossToSend()
    {
        LiveCa? root = Roots.SingleOrDefault(ca => ca.Id == Issuing.Record.ParentId);
        LiveCa? former = root is null ? null : Roots.SingleOrDefault(ca => ca.Id == root.Record.ParentId);
        return former?.Record.State == CaState.Retiring
            ? HandOvers.Single(pair => ReferenceEquals(pair.Former, former.Certificate)).Cross
            : null;
    }
}
