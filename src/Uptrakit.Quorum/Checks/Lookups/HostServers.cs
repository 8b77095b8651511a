using System.Net;

namespace Uptrakit.Quorum.Checks.Lookups;

/// <summary>The name servers of this machine, as its resolv.conf names them.</summary>
internal sealed class HostServers(TimeProvider clock, string path = "/etc/resolv.conf")
{
    // resolv.conf(5): the C library takes the first three.
    private const int Limit = 3;
    private const int LineLimit = 1000;
    private const int DnsPort = 53;
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private IReadOnlyList<IPEndPoint>? known;
    private long readAt;

    internal IReadOnlyList<IPEndPoint> Now()
    {
        lock (gate)
        {
            if (known is not null && clock.GetElapsedTime(readAt) < s_fresh)
                return known;
            known = Read();
            readAt = clock.GetTimestamp();
            return known;
        }
    }

    private List<IPEndPoint> Read()
    {
        List<IPEndPoint> found = [];
        try
        {
            foreach (string line in File.ReadLines(path).Take(LineLimit))
            {
                string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                if (words is ["nameserver", var text, ..] && IPAddress.TryParse(text, out IPAddress? address) && found.Count < Limit)
                    found.Add(new IPEndPoint(address, DnsPort));
            }
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            // resolv.conf(5): without the file there is one on this machine.
        }

        return found.Count > 0 ? found : [new IPEndPoint(IPAddress.Loopback, DnsPort)];
    }
}
