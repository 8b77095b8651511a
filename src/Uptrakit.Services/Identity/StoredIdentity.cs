using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Services.Identity;

/// <summary>Who this Service is at its Controller.</summary>
/// <param name="ServiceId">Its id.</param>
/// <param name="Chain">Its certificate first, then the authorities up to the root, which is not in it.</param>
/// <param name="Capabilities">What it was enrolled for.</param>
internal sealed record StoredIdentity(Guid ServiceId, IReadOnlyList<X509Certificate2> Chain, IReadOnlyList<string> Capabilities)
{
    public X509Certificate2 Leaf => Chain[0];

    /// <summary>What <see cref="Chain"/> was before the last renewal; empty as soon as the present one is known to be of use.</summary>
    public IReadOnlyList<X509Certificate2> Former { get; init; } = [];
}
