namespace Uptrakit.Quorum.State;

/// <summary>What each member sees of a check, as it goes into the log and from there into each message.</summary>
internal static class NodeReports
{
    /// <summary>Of one check; no cluster has more members.</summary>
    public const int Most = 32;

    /// <summary>A member chooses its own words, and they are kept once for each alert that is told.</summary>
    private const int MaxDetail = 256;
    private const int MaxNodeId = 64;

    /// <summary>Within bounds, whoever wrote them: every voter keeps them until the message is delivered.</summary>
    public static IEnumerable<NodeReport> Bounded(IEnumerable<NodeReport> reports) => reports.Take(Most).Select(static report => new NodeReport
    {
        NodeId = Cut(report.NodeId, MaxNodeId),
        Ok = report.Ok,
        Detail = Cut(report.Detail, MaxDetail),
        LatencyMs = report.LatencyMs,
    });

    private static string Cut(string text, int most)
    {
        if (text.Length <= most)
            return text;
        // Never half of a surrogate pair.
        return text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
    }
}
