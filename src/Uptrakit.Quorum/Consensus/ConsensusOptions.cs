using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Consensus;

/// <summary>How the engine of one node runs.</summary>
internal sealed record ConsensusOptions
{
    /// <summary>The folder of its log, snapshots and membership.</summary>
    public required string Folder { get; init; }

    public required NodeId Self { get; init; }

    /// <summary>Whether this node founded the cluster: then, and only then, a first start makes it the only voter.</summary>
    public bool Founder { get; init; }

    /// <summary>A follower that hears nothing for a random time in between stands for election (guard 5).</summary>
    public TimeSpan ElectionMinimum { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan ElectionMaximum { get; init; } = TimeSpan.FromMilliseconds(1000);

    /// <summary>One message to a voter with its answer, disk included.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMilliseconds(1000);

    /// <summary>A checkpoint is written after this many log entries.</summary>
    public int CheckpointEvery { get; init; } = 5000;
}
