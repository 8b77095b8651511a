using System.Collections.Concurrent;
using System.Net;

namespace Uptrakit.Controller.Host;

/// <summary>A token bucket for each caller: flooding costs an attacker time, and us a table of bounded size.</summary>
internal class Buckets<TKey>(double perSecond, double burst, TimeProvider clock)
    where TKey : notnull
{
    private const int Most = 16_384;
    private readonly ConcurrentDictionary<TKey, (double Tokens, long Touched)> buckets = new();

    /// <summary>Callers remembered.</summary>
    public int Count => buckets.Count;

    public bool TryTake(TKey key)
    {
        long now = clock.GetTimestamp();
        if (buckets.Count >= Most && !buckets.ContainsKey(key))
            Forget(now);
        bool taken = false;
        buckets.AddOrUpdate(
            key,
            _ =>
            {
                taken = true;
                return (burst - 1, now);
            },
            (_, old) =>
            {
                double tokens = Math.Min(burst, old.Tokens + (clock.GetElapsedTime(old.Touched, now).TotalSeconds * perSecond));
                taken = tokens >= 1;
                return (taken ? tokens - 1 : tokens, now);
            });
        return taken;
    }

    /// <summary>It was well spent and does not count.</summary>
    public void GiveBack(TKey key)
    {
        if (buckets.TryGetValue(key, out (double Tokens, long Touched) old))
            buckets.TryUpdate(key, (Math.Min(burst, old.Tokens + 1), old.Touched), old);
    }

    /// <summary>Full buckets say nothing; if all are drained, everybody starts anew rather than the table growing.</summary>
    private void Forget(long now)
    {
        foreach ((TKey key, (double tokens, long touched)) in buckets)
        {
            if (tokens + (clock.GetElapsedTime(touched, now).TotalSeconds * perSecond) >= burst)
                buckets.TryRemove(key, out _);
        }

        if (buckets.Count >= Most)
            buckets.Clear();
    }
}

/// <summary>A bucket for each address; a whole /64 of IPv6 is one.</summary>
internal sealed class AddressBuckets(double perSecond, double burst, TimeProvider clock) : Buckets<IPAddress>(perSecond, burst, clock)
{
    public bool TryTakeFor(IPAddress? address) => TryTake(Group(address));

    public void GiveBackTo(IPAddress? address) => GiveBack(Group(address));

    private static IPAddress Group(IPAddress? address) => ConnectionGate.AddressOf(address is null ? null : new IPEndPoint(address, 0));
}
