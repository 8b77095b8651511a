using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>What the courier needs of the replicated state.</summary>
internal interface IOutbox
{
    /// <summary>All entries that are not yet delivered, oldest first; the alert is null when it was removed.</summary>
    IReadOnlyList<(OutboxEntry Entry, Alert? Alert)> Pending();

    /// <summary>Whether a majority has just confirmed this node as leader, and all that was committed before is applied here.</summary>
    ValueTask<bool> IsLeaderForSureAsync(CancellationToken cancel);

    /// <summary>Commits that these entries are done with. Throws when that could not be committed, and is then asked again.</summary>
    ValueTask MarkDeliveredAsync(IReadOnlyList<string> ids, CancellationToken cancel);

    /// <summary>Ends when <see cref="Pending"/> may have changed since this was called.</summary>
    ValueTask WaitForChangeAsync(CancellationToken cancel);
}
