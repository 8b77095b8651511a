using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Uptrakit.Controller.Host;

/// <summary>
/// Counts connections before the handshake: whoever has not shown a Service's certificate may hold only so many, from one
/// address and in all. A Service's connection stops counting once it is known, so a flood costs Services nothing they hold.
/// </summary>
internal sealed class ConnectionGate(ILogger<ConnectionGate> logger)
{
    /// <summary>Connections of strangers at once, handshakes included: about 300 MB when all of them are idle.</summary>
    public const int Most = 4096;

    /// <summary>Of one address: an office of browsers behind one NAT, or a data centre of Services that come back at once.</summary>
    public const int MostOfOne = 1024;

    private readonly ConcurrentDictionary<IPAddress, int> held = new();
    private int strangers;

    public int Strangers => Volatile.Read(ref strangers);

    /// <summary>Kestrel middleware; comes before TLS.</summary>
    public ConnectionDelegate Middleware(ConnectionDelegate next) => async connection =>
    {
        IPAddress address = AddressOf(connection.RemoteEndPoint);
        if (!TryEnter(address))
        {
            logger.ConnectionTurnedAway(address);
            connection.Abort();
            return;
        }

        Admission admission = new(this, address);
        connection.Features.Set(admission);
        try
        {
            await next(connection);
        }
        finally
        {
            admission.Release();
        }
    };

    /// <summary>One IPv6 host has a whole /64 to come from.</summary>
    internal static IPAddress AddressOf(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address })
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            return address;
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    internal bool TryEnter(IPAddress address)
    {
        if (Interlocked.Increment(ref strangers) > Most)
        {
            Interlocked.Decrement(ref strangers);
            return false;
        }

        if (held.AddOrUpdate(address, 1, static (_, count) => count + 1) <= MostOfOne)
            return true;
        Leave(address);
        return false;
    }

    internal void Leave(IPAddress address)
    {
        Interlocked.Decrement(ref strangers);
        int left = held.AddOrUpdate(address, 0, static (_, count) => count - 1);
        // An address without connections takes no room, so the table is never larger than the house.
        if (left <= 0)
            held.TryRemove(KeyValuePair.Create(address, 0));
    }

    /// <summary>One connection's place in the count.</summary>
    internal sealed class Admission(ConnectionGate gate, IPAddress address)
    {
        private int released;

        /// <summary>It is over, or it turned out to be a Service's.</summary>
        public void Release()
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
                gate.Leave(address);
        }
    }
}
