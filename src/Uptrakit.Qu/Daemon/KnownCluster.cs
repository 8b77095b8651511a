using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Daemon;

/// <summary>A node that has just begun to serve knows its cluster a moment later: who is a member, and what secrets are sealed with.</summary>
internal static class KnownCluster
{
    public const string NotYet = "this node does not know its cluster yet; wait until 'qu status' shows a master";
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    /// <returns>False: it does not know it yet.</returns>
    public static Task<bool> WaitAsync(StateStore store, TimeProvider clock, CancellationToken cancel) =>
        store.WaitUntilAsync(static s => s.Cluster.ClusterId.Length > 0, Moment, clock, cancel);
}
