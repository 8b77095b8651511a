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
    private const int MaxAddresses = 16_384;
    private const int MaxMemberAddresses = 1024;

    /// <summary>How long an address counts as a member's after its last connection: long enough to come back after a night.</summary>
    private static readonly TimeSpan MemberMemory = TimeSpan.FromHours(24);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<IPAddress, Bucket> buckets = new();
    private readonly ConcurrentDictionary<IPAddress, MemberAddress> memberAddresses = new();
    private int strangers;
    private long lastSweep = clock.GetTimestamp();

    /// <summary>Connections of unknown keys, handshakes included.</summary>
    public int Strangers => Volatile.Read(ref strangers);

    /// <summary>Kestrel middleware; comes before TLS.</summary>
    public ConnectionDelegate Middleware(ConnectionDelegate next) => async connection =>
    {
        IPAddress address = AddressOf(connection.RemoteEndPoint);
        if (TryEnter(address) is not { } bucket)
        {
            logger.ConnectionTurnedAway(address);
            connection.Abort();
            return;
        }

        Admission admission = new(this, address, bucket);
        connection.Features.Set(admission);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            admission.End();
        }
    };

    /// <summary>Addresses of members get in when strangers fill the house.</summary>
    internal bool Knows(IPAddress address) => memberAddresses.ContainsKey(Group(address));

    /// <summary>Addresses that are remembered at all.</summary>
    internal int Remembered => buckets.Count;

    internal void Know(IPAddress address, int change = 0)
    {
        address = Group(address);
        if (memberAddresses.Count >= MaxMemberAddresses && !memberAddresses.ContainsKey(address))
            return;
        long now = clock.GetTimestamp();
        memberAddresses.AddOrUpdate(
            address, _ => new MemberAddress(Math.Max(0, change), now), (_, old) => new MemberAddress(Math.Max(0, old.Live + change), now));
    }

    private Bucket? TryEnter(IPAddress address)
    {
        Sweep();
        bool known = memberAddresses.ContainsKey(address);
        // Somebody with a whole network to come from must not make the table grow, nor push members out of it.
        if (!known && buckets.Count >= MaxAddresses && !buckets.ContainsKey(address))
            return null;
        ConnectionLimits.Share share = limits.For(known);
        Bucket bucket = buckets.GetOrAdd(address, _ => new Bucket(share.Burst, clock.GetTimestamp()));
        lock (bucket)
        {
            if (!bucket.TryTake(share.PerSecond, share.Burst, clock) || bucket.Held >= share.Connections)
                return null;
            if (Interlocked.Increment(ref strangers) > limits.Total && !known)
            {
                Interlocked.Decrement(ref strangers);
                return null;
            }

            bucket.Held++;
            return bucket;
        }
    }

    private void Leave(Bucket bucket)
    {
        Interlocked.Decrement(ref strangers);
        lock (bucket)
            bucket.Held--;
    }

    /// <summary>Addresses that have been quiet are forgotten: the table is bounded by what can connect in a minute.</summary>
    private void Sweep()
    {
        long before = Volatile.Read(ref lastSweep);
        if (clock.GetElapsedTime(before) < SweepEvery
            || Interlocked.CompareExchange(ref lastSweep, clock.GetTimestamp(), before) != before)
            return;
        foreach ((IPAddress address, Bucket bucket) in buckets)
        {
            lock (bucket)
            {
                if (bucket.Held == 0 && clock.GetElapsedTime(bucket.Touched) > Quiet)
                    buckets.TryRemove(KeyValuePair.Create(address, bucket));
            }
        }

        foreach ((IPAddress address, MemberAddress member) in memberAddresses)
        {
            if (member.Live == 0 && clock.GetElapsedTime(member.Touched) > MemberMemory)
                memberAddresses.TryRemove(KeyValuePair.Create(address, member));
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
    internal sealed class Admission(ConnectionGate gate, IPAddress address, Bucket bucket)
    {
        private int released;
        private int member;

        /// <summary>The key turned out to be a member's.</summary>
        public void IsMember()
        {
            if (Interlocked.Exchange(ref member, 1) == 0)
                gate.Know(address, +1);
            Release();
        }

        public void End()
        {
            if (Interlocked.Exchange(ref member, 0) == 1)
                gate.Know(address, -1);
            Release();
        }

        private void Release()
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
                gate.Leave(bucket);
        }
    }

    private sealed record MemberAddress(int Live, long Touched);

    internal sealed class Bucket(double tokens, long touched)
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
