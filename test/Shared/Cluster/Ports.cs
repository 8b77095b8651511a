using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>Ports that are free now and below the range from which the kernel gives outgoing connections theirs.</summary>
internal static class Ports
{
    public static int Free()
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            int port = RandomNumberGenerator.GetInt32(15_000, 32_000);
            using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }

        throw new InvalidOperationException("no free port was found");
    }
}
