using System.Collections.Concurrent;
using System.Net;

namespace Uptrakit.Quorum.Transport;

/// <summary>A token bucket for each address: guessing or flooding costs an attacker time, and us a table of bounded size.</summary>
/// <param name="burst">How many at once.</param>
/// <param name="perSecond">How fast it fills again.</param>
internal sealed class AddressBucket(double burst, double perSecond, TimeProvider clock)
{
    private const int MaxAddresses = 4096;
    private readonly ConcurrentDictionary<IPAddress, (double Tokens, long Touched)> buckets = new();

    /// <summary>Addresses remembered.</summary>
    public int Count => buckets.Count;

    public bool TryTake(IPAddress? address)
    {
        IPAddress key = ConnectionGate.Group(address ?? IPAddress.None);
        long now = clock.GetTimestamp();
        if (buckets.Count >= MaxAddresses && !buckets.ContainsKey(key))
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

    /// <summary>Full buckets say nothing; if all are drained, everybody starts anew rather than the table growing.</summary>
    private void Forget(long now)
    {
        foreach ((IPAddress address, (double tokens, long touched)) in buckets)
        {
            if (tokens + (clock.GetElapsedTime(touched, now).TotalSeconds * perSecond) >= burst)
                buckets.TryRemove(address, out _);
        }

        if (buckets.Count >= MaxAddresses)
            buckets.Clear();
    }
}
