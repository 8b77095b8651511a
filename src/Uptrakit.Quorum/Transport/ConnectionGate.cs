using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Uptrakit.Quorum.Transport;

/// <summary>
/// Counts connections before the handshake: strangers may hold only so many, from one address and in all, and may begin only so
/// many a second. A member's connection stops counting once its key is known, so a flood costs members nothing they hold.
/// </summary>
internal sealed class ConnectionGate(ConnectionLimits limits, TimeProvider clock, ILogger logger)
{
    private readonly ConcurrentDictionary<IPAddress, Bucket> buckets = new();
    private readonly ConcurrentDictionary<IPAddress, long> memberAddresses = new();
    private int strangers;
    private long lastSweep = clock.GetTimestamp();

    /// <summary>Connections of unknown keys, handshakes included.</summary>
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
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            admission.Release();
        }
    };

    /// <summary>Addresses of members get in when strangers fill the house.</summary>
    public void Know(IPAddress address)
    {
        if (memberAddresses.Count < 1024 || memberAddresses.ContainsKey(address))
            memberAddresses[Group(address)] = clock.GetTimestamp();
    }

    private bool TryEnter(IPAddress address)
    {
        Sweep();
        bool known = memberAddresses.ContainsKey(address);
        ConnectionLimits.Share share = limits.For(known);
        Bucket bucket = buckets.GetOrAdd(address, _ => new Bucket(share.Burst, clock.GetTimestamp()));
        lock (bucket)
        {
            if (!bucket.TryTake(share.PerSecond, share.Burst, clock) || bucket.Held >= share.Connections)
                return false;
            if (Interlocked.Increment(ref strangers) > limits.Total && !known)
            {
                Interlocked.Decrement(ref strangers);
                return false;
            }

            bucket.Held++;
            return true;
        }
    }

    private void Leave(IPAddress address)
    {
        Interlocked.Decrement(ref strangers);
        if (buckets.TryGetValue(address, out Bucket? bucket))
        {
            lock (bucket)
                bucket.Held--;
        }
    }

    /// <summary>Addresses that have been quiet are forgotten: the table is bounded by what can connect in a minute.</summary>
    private void Sweep()
    {
        long before = Volatile.Read(ref lastSweep);
        if (clock.GetElapsedTime(before) < TimeSpan.FromMinutes(1)
            || Interlocked.CompareExchange(ref lastSweep, clock.GetTimestamp(), before) != before)
            return;
        foreach ((IPAddress address, Bucket bucket) in buckets)
        {
            lock (bucket)
            {
                if (bucket.Held == 0 && clock.GetElapsedTime(bucket.Touched) > TimeSpan.FromMinutes(1))
                    buckets.TryRemove(KeyValuePair.Create(address, bucket));
            }
        }
    }

    private static IPAddress AddressOf(EndPoint? endPoint) => endPoint is IPEndPoint ip ? Group(ip.Address) : IPAddress.None;

    /// <summary>One IPv6 host has a whole /64 to come from.</summary>
    internal static IPAddress Group(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            return address;
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>One connection's place in the count.</summary>
    internal sealed class Admission(ConnectionGate gate, IPAddress address)
    {
        private int released;

        /// <summary>The key turned out to be a member's.</summary>
        public void IsMember()
        {
            gate.Know(address);
            Release();
        }

        public void Release()
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
                gate.Leave(address);
        }
    }

    private sealed class Bucket(double tokens, long touched)
    {
        public int Held { get; set; }

        public long Touched { get; private set; } = touched;

        public bool TryTake(double perSecond, double burst, TimeProvider clock)
        {
            long now = clock.GetTimestamp();
            tokens = Math.Min(burst, tokens + (clock.GetElapsedTime(Touched, now).TotalSeconds * perSecond));
            Touched = now;
            if (tokens < 1)
                return false;
            tokens--;
            return true;
        }
    }
}

/// <summary>How much of this node strangers may use.</summary>
internal sealed record ConnectionLimits
{
    /// <summary>Connections of unknown keys at once, handshakes included.</summary>
    public int Total { get; init; } = 256;

    /// <summary>Of one address, at once. An address that members come from may be shared (NAT) and is given more.</summary>
    public Share Stranger { get; init; } = new(16, 5, 30);

    public Share Known { get; init; } = new(96, 40, 120);

    public Share For(bool known) => known ? Known : Stranger;

    /// <param name="Connections">At once.</param>
    /// <param name="PerSecond">New ones, on average.</param>
    /// <param name="Burst">New ones after a quiet time.</param>
    internal sealed record Share(int Connections, double PerSecond, double Burst);

    /// <summary>Connections of one member: a few are in use, the rest is for those that have not been noticed to be dead.</summary>
    public int PerMember { get; init; } = 24;

    /// <summary>How long a stranger may stay: long enough to enroll over a slow line.</summary>
    public TimeSpan StrangerLife { get; init; } = TimeSpan.FromSeconds(20);
}
