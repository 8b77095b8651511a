using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration;

/// <summary>What the cluster has now, secrets and all: what a declaration is compared with.</summary>
internal sealed class Present
{
    public long Version { get; init; }

    public IReadOnlyList<string> Resolvers { get; init; } = [];

    public IReadOnlyList<Check> Checks { get; init; } = [];

    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    public IReadOnlyList<MaintenanceWindow> Windows { get; init; } = [];

    /// <summary>What holds a secret that the asked node cannot open: it stands there sealed.</summary>
    public IReadOnlyList<string> Closed { get; init; } = [];
}
