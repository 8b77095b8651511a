namespace Uptrakit.Services.Identity;

/// <summary>What was found on disk.</summary>
/// <param name="State">The content of <c>service.json</c>.</param>
/// <param name="Key">The key of its certificate; null when there is none.</param>
/// <param name="NextKey">A key that is waiting for a certificate; null when none is.</param>
internal sealed record LoadedState(ServiceState State, ServiceKey? Key, ServiceKey? NextKey);
