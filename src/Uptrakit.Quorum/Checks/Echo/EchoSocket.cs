using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Quorum.Checks.Echo;

/// <summary>Opens a socket for echo requests to one address.</summary>
internal delegate bool OpenEcho(IPAddress address, [NotNullWhen(true)] out EchoSocket? socket, out string problem);

/// <summary>A socket that sends echo requests to one address and takes what comes from there.</summary>
internal sealed class EchoSocket : IDisposable
{
    private EchoSocket(Socket socket, bool isRaw)
    {
        Socket = socket;
        IsV6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        HasIpHeader = isRaw && !IsV6;
    }

    internal Socket Socket { get; }

    internal bool IsV6 { get; }

    /// <summary>A raw socket of IPv4 gives packets with the header of IP in front.</summary>
    internal bool HasIpHeader { get; }

    /// <summary>A datagram socket first, which needs no privilege where the machine allows it; a raw one where this process may.</summary>
    internal static bool TryOpen(IPAddress address, [NotNullWhen(true)] out EchoSocket? socket, out string problem)
    {
        socket = null;
        problem = "";
        ProtocolType protocol = address.AddressFamily == AddressFamily.InterNetworkV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp;
        foreach (SocketType type in (SocketType[])[SocketType.Dgram, SocketType.Raw])
        {
            Socket? opened = null;
            try
            {
                opened = new Socket(address.AddressFamily, type, protocol);
                // From here on the kernel gives only what comes from that address.
                opened.Connect(new IPEndPoint(address, 0));
                socket = new EchoSocket(opened, type == SocketType.Raw);
                return true;
            }
            catch (SocketException refused)
            {
                opened?.Dispose();
                if (!IsDenied(refused))
                {
                    problem = refused.Message;
                    return false;
                }
            }
        }

        problem = "this node may not send ICMP: allow the daemon's group in the sysctl net.ipv4.ping_group_range, or give it CAP_NET_RAW";
        return false;
    }

    public void Dispose() => Socket.Dispose();

    private static bool IsDenied(SocketException refused) => refused.SocketErrorCode is SocketError.AccessDenied
        or SocketError.ProtocolNotSupported or SocketError.SocketNotSupported or SocketError.OperationNotSupported;
}
