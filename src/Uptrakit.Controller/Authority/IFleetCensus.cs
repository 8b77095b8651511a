using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>How many Services of how many.</summary>
internal readonly record struct Coverage(int Count, int Total)
{
    public int Missing => Total - Count;
}

/// <summary>What a rotation must know of the Services; the rooms that know them answer.</summary>
internal interface IFleetCensus
{
    /// <summary>How many of the enrolled, unrevoked Services have said that they trust this anchor.</summary>
    Task<Coverage> TrustingAsync(CertificateFingerprint anchor, CancellationToken cancel);

    /// <summary>How many Services have a newest certificate that this CA signed, and that is neither revoked nor expired.</summary>
    Task<int> LivingUnderAsync(Guid caId, CancellationToken cancel);
}
