using Uptrakit.Contracts.Gateway;

namespace Uptrakit.Controller.Inventory;

/// <summary>What Services may do. A token names what those that enroll with it may; each kind of Service needs its own.</summary>
internal static class Capabilities
{
    public const string Agent = "agent";
    public const string Mqtt = "mqtt";

    public static readonly IReadOnlyList<string> All = [Agent, Mqtt];

    /// <summary>What a kind of Service needs; null for a kind that is not known.</summary>
    public static string? NeededBy(ServiceKind kind) => kind switch
    {
        ServiceKind.Agent => Agent,
        ServiceKind.Mqtt => Mqtt,
        _ => null,
    };

    /// <summary>Why these words cannot be taken, or null.</summary>
    public static string? Fault(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
            return "name at least one capability: " + string.Join(", ", All);
        return words.FirstOrDefault(word => !All.Contains(word)) is { } unknown
            ? $"'{unknown}' is not one of {string.Join(", ", All)}"
            : null;
    }

    /// <summary>What a Service gets of what was granted: never what another kind needs.</summary>
    public static IReadOnlyList<string> For(string kind, IReadOnlyList<string> granted) =>
        [.. granted.Where(word => word == kind).Distinct(StringComparer.Ordinal)];
}
