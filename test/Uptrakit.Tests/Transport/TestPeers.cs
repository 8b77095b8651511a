using Google.Protobuf;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Transport;

/// <summary>How a directory knows a voter of a test.</summary>
internal static class TestPeers
{
    public static Peer Of(NodeIdentity identity, int port) => new()
    {
        NodeId = identity.NodeId.ToString(),
        Advertise = $"127.0.0.1:{port}",
        Role = Role.Voter,
        Keys = { new PeerKey { SpkiSha256 = ByteString.CopyFrom(identity.Fingerprint.Bytes) } },
    };
}
