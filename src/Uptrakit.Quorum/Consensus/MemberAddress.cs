using System.Net;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Consensus;

/// <summary>The engine names members by end point; ours is the NodeID itself, written as an IPv6 address that nobody dials.</summary>
/// <remarks>So a member may move to another host without becoming another member, and the engine's member id is the NodeID.</remarks>
internal static class MemberAddress
{
    private const int AnyPort = 1;

    public static EndPoint Of(NodeId node) => new IPEndPoint(new IPAddress(node.ToGuid().ToByteArray(bigEndian: true)), AnyPort);

    public static bool TryRead(EndPoint? endPoint, out NodeId? node)
    {
        node = null;
        return endPoint is IPEndPoint { Address.AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } ip
            && NodeId.TryParse(new Guid(ip.Address.GetAddressBytes(), bigEndian: true).ToString(), out node);
    }
}
