using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>What readers without a token may know: checks that are on and not hidden, their names, groups, descriptions and states.</summary>
/// <remarks>Never a target nor a detail: targets are names of the inner network, and details quote what servers say.</remarks>
internal static class PublicChecks
{
    public static bool IsPublic(Check check) => check.Enabled && !check.Hidden;

    public static bool IsPublic(ClusterState state, string checkId) => state.Checks.TryGet(checkId, out Check? check) && IsPublic(check);

    /// <summary>By group, then by name; those without a group come last.</summary>
    public static List<(string Group, List<Check> Checks)> Grouped(ClusterState state, string? only = null) =>
        [.. state.Checks.Values
            .Where(check => IsPublic(check) && (only is null || check.Group == only))
            .GroupBy(static check => check.Group, StringComparer.Ordinal)
            .OrderBy(static group => group.Key.Length == 0)
            .ThenBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group => (group.Key, (List<Check>)[.. group.OrderBy(static check => check.Name, StringComparer.Ordinal)]))];

    public static CheckState StateOf(ClusterState state, Check check) => state.Statuses.GetValueOrDefault(check.Id)?.State ?? CheckState.Unknown;

    /// <summary>What stands above: the worst that there is.</summary>
    public static CheckState Worst(IEnumerable<CheckState> states)
    {
        CheckState worst = CheckState.Maintenance;
        bool any = false;
        foreach (CheckState state in states)
        {
            worst = Rank(state) > Rank(worst) || !any ? state : worst;
            any = true;
        }

        return any ? worst : CheckState.Unknown;
    }

    private static int Rank(CheckState state) => state switch
    {
        CheckState.Down => 5,
        CheckState.Degraded => 4,
        CheckState.Warn => 3,
        CheckState.Unknown => 2,
        CheckState.Up => 1,
        _ => 0,
    };

    /// <summary>The path of a group's page; a slash in a name stays one.</summary>
    public static string PathOf(string group) => "/g/" + string.Join('/', group.Split('/').Select(Uri.EscapeDataString));
}
