using Uptrakit.Contracts.Client;

namespace Uptrakit.Services.Identity;

/// <summary>What a Service knows of itself and its Controller from one run to the next.</summary>
/// <param name="ControllerId">The Controller; null until it has said so over a verified connection.</param>
/// <param name="Addresses">Where it is, in the order in which to try.</param>
/// <param name="Trust">By what it is verified; null where nothing of trust is stored (<c>insecure-tofu</c>).</param>
/// <param name="Service">Who this Service is there; null until it is enrolled.</param>
internal sealed record ServiceState(
    Guid? ControllerId, IReadOnlyList<ControllerAddress> Addresses, StoredTrust? Trust, StoredIdentity? Service)
{
    public static ServiceState Empty { get; } = new(null, [], null, null);
}
