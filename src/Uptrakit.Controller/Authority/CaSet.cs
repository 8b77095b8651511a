namespace Uptrakit.Controller.Authority;

/// <summary>All CAs at one version of the store; version 0 means that nothing has been stored yet.</summary>
internal sealed record CaSet(long Version, IReadOnlyList<CaRecord> Records)
{
    public CaRecord? ActiveRoot => Records.SingleOrDefault(ca => ca is { Role: CaRole.Root, State: CaState.Active });

    /// <summary>The root of a hand-over that has not been activated yet.</summary>
    public CaRecord? NextRoot =>
        Records.SingleOrDefault(ca => ca is { Role: CaRole.Root, State: CaState.Prepared or CaState.Distributing });

    public CaRecord? RetiringRoot => Records.SingleOrDefault(ca => ca is { Role: CaRole.Root, State: CaState.Retiring });

    public CaRecord? ActiveIssuing => Records.SingleOrDefault(ca => ca.Role != CaRole.Root && ca.State == CaState.Active);

    /// <summary>The issuing CA that waits for its activation, under whichever root.</summary>
    public CaRecord? NextIssuing =>
        Records.SingleOrDefault(ca => ca is { Role: CaRole.Issuing, State: CaState.Prepared or CaState.Distributing });

    public IEnumerable<CaRecord> RetiringIssuing => Records.Where(ca => ca.Role != CaRole.Root && ca.State == CaState.Retiring);

    public int NextGeneration(CaRole role) =>
        1 + Records.Where(ca => ca.Role == role).Select(ca => ca.Generation).DefaultIfEmpty(0).Max();
}
