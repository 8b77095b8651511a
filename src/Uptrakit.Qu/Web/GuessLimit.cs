using System.Collections.Concurrent;
using System.Net;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Web;

/// <summary>How often one address may be wrong: ten times at once, then once in five seconds. Whoever is right is not counted.</summary>
internal sealed class GuessLimit(TimeProvider clock)
{
    private const double Burst = 10;
    private const double PerSecond = 0.2;
    private const int MaxAddresses = 4096;
    private readonly ConcurrentDictionary<IPAddress, (double Left, long At)> left = new();

    public bool MayTry(IPAddress address) => LeftOf(Group(address)) >= 1;

    public void WasWrong(IPAddress address)
    {
        IPAddress group = Group(address);
        if (left.Count >= MaxAddresses)
            Forget();
        left[group] = (LeftOf(group) - 1, clock.GetTimestamp());
    }

    private double LeftOf(IPAddress group) => left.TryGetValue(group, out (double Left, long At) entry)
        ? Math.Min(Burst, entry.Left + (clock.GetElapsedTime(entry.At).TotalSeconds * PerSecond))
        : Burst;

    // One host owns a whole /64 of IPv6.
    private static IPAddress Group(IPAddress address) => ConnectionGate.Group(address);

    /// <summary>Who has all its tries again says nothing; if nobody has, all begin anew rather than the table growing.</summary>
    private void Forget()
    {
        foreach (IPAddress full in left.Keys.Where(address => LeftOf(address) >= Burst))
            left.TryRemove(full, out _);
        if (left.Count >= MaxAddresses)
            left.Clear();
    }
}
