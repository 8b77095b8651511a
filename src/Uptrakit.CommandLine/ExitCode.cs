namespace Uptrakit.CommandLine;

/// <summary>What a command answers to the shell.</summary>
public enum ExitCode
{
    Done = 0,
    Failed = 1,
    Usage = 2,

    /// <summary>A pin or a token was refused.</summary>
    TrustRefused = 3,

    /// <summary>The daemon cannot be reached, or the cluster has no quorum.</summary>
    Unreachable = 4,
}
