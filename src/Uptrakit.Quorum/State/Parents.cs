namespace Uptrakit.Quorum.State;

/// <summary>What a check depends on: while that is away, nothing is told of the check.</summary>
internal static class Parents
{
    /// <summary>The parent for whose sake nothing is told; empty: none. That something is well again is told whatever its parents do.</summary>
    public static string Holding(ClusterState state, Check check, CheckStatus status) => IsBad(status)
        ? check.ParentIds.FirstOrDefault(parent => state.StatusOf(parent).State is CheckState.Down or CheckState.Maintenance) ?? ""
        : "";

    /// <summary>Whether there is something to keep silent about.</summary>
    public static bool IsBad(CheckStatus status) =>
        status.State is CheckState.Down or CheckState.Warn or CheckState.Degraded || (status.Flapping && status.State == CheckState.Up);
}
