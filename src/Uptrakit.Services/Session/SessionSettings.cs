using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;

namespace Uptrakit.Services.Session;

/// <summary>What a session says of this Service, and where it calls.</summary>
/// <param name="Profile">Which Service.</param>
/// <param name="FriendlyName">What people call it; empty keeps the name that the Controller has.</param>
/// <param name="Addresses">Where the Controller is by this run's options; empty when the stored state knows.</param>
/// <param name="Facts">Reads the facts of the host.</param>
internal sealed record SessionSettings(
    ServiceProfile Profile, string FriendlyName, IReadOnlyList<ControllerAddress> Addresses, Func<HostFacts> Facts);
