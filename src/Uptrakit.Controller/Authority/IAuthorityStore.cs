namespace Uptrakit.Controller.Authority;

/// <summary>What the Authority remembers. Each method is one transaction.</summary>
internal interface IAuthorityStore
{
    Task<CaSet> LoadAsync(CancellationToken cancel);

    /// <summary>
    /// Inserts or replaces these CAs (by id) and counts the version up by one, if the stored version still is the expected
    /// one; else changes nothing and answers false. So of two Controllers that rotate at once one sees what the other did.
    /// </summary>
    Task<bool> TrySaveAsync(IReadOnlyList<CaRecord> changed, long expectedVersion, CancellationToken cancel);

    /// <summary>Remembers a leaf. Enrollment does so in its own transaction instead, together with the token's consumption.</summary>
    Task RecordAsync(IssuedCertificate issued, CancellationToken cancel);

    Task<IssuedCertificate?> FindIssuedAsync(Guid caId, string serial, CancellationToken cancel);

    /// <summary>The revoked leaves of one CA that end after a moment.</summary>
    Task<IReadOnlyList<IssuedCertificate>> ListRevokedAsync(Guid caId, DateTimeOffset endingAfter, CancellationToken cancel);

    /// <summary>Counts up per CA, from 1. A number that was handed out never comes again (RFC 5280, section 5.2.3).</summary>
    Task<long> NextCrlNumberAsync(Guid caId, CancellationToken cancel);
}
