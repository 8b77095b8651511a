namespace Uptrakit.Qu.Daemon;

/// <summary>Members that run different versions, as in the middle of an upgrade: what an older one does not know it leaves out.</summary>
internal static class MixedVersions
{
    private const int MostNamed = 4;
    private const int LongestVersion = 32;

    /// <param name="members">Who is live, this node too, with the version that it names; a member may say anything.</param>
    /// <returns>Words for the operator; null when all run the same.</returns>
    public static string? Of(IEnumerable<(string NodeId, string Version)> members)
    {
        (string Version, string[] NodeIds)[] groups =
        [
            .. members.Where(static member => member.Version.Length > 0)
                .GroupBy(static member => member.Version, StringComparer.Ordinal)
                .Select(static group => (group.Key, group.Select(static member => member.NodeId).Order(StringComparer.Ordinal).ToArray()))
                .OrderByDescending(static group => group.Item2.Length).ThenBy(static group => group.Key, StringComparer.Ordinal),
        ];
        if (groups.Length < 2)
            return null;
        IEnumerable<string> named = groups.Take(MostNamed).Select(static group =>
            $"{(group.Version.Length > LongestVersion ? group.Version[..LongestVersion] + "…" : group.Version)} on {string.Join(", ", group.NodeIds)}");
        return $"members run different versions: {string.Join("; ", named)}{(groups.Length > MostNamed ? "; …" : "")}. "
            + "Use nothing that is new before all are upgraded";
    }
}
