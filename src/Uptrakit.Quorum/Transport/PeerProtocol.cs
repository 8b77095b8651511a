using System.Net.Security;

namespace Uptrakit.Quorum.Transport;

/// <summary>The two protocols of the one port.</summary>
internal static class PeerProtocol
{
    /// <summary>The consensus engine's own connections.</summary>
    public static readonly SslApplicationProtocol Engine = new("qu-raft/1");

    /// <summary>Largest message between members. A hand edit of many checks is the largest there is.</summary>
    public const int MaxMessage = 8 * 1024 * 1024;

    /// <summary>Largest message of somebody whose key is unknown.</summary>
    public const int MaxStrangerMessage = 16 * 1024;
}
