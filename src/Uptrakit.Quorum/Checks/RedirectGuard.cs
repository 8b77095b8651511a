using System.Net;

namespace Uptrakit.Quorum.Checks;

/// <summary>Keeps a target from sending the probe to places that only this machine can reach.</summary>
/// <remarks>
/// A stranger's server that is watched could answer with a redirect to this host's own services or to the cloud's metadata
/// address, and read from the check's state whether something answers there. Where the operator's own target is already
/// in such a place, redirects may stay there.
/// </remarks>
/// <param name="anywhere">The operator lets redirects of this check lead anywhere.</param>
internal sealed class RedirectGuard(bool anywhere = false)
{
    private HashSet<AddressScope>? origin;

    /// <summary>The addresses that may be dialled for the next hop; the first hop is the operator's own word.</summary>
    internal IReadOnlyList<IPAddress> Admit(IReadOnlyList<IPAddress> addresses)
    {
        if (origin is null)
        {
            origin = [AddressScope.Elsewhere, .. addresses.Select(a => a.Scope())];
            return addresses;
        }

        return anywhere ? addresses : [.. addresses.Where(a => origin.Contains(a.Scope()))];
    }
}
