using System.Collections.Concurrent;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Inventory;

namespace Uptrakit.Controller.Gateway;

/// <summary>The Services that are connected to this Controller: one connection each, the newest.</summary>
internal sealed class LiveServices(TimeProvider clock, ILogger<LiveServices> logger) : IServiceLinks
{
    /// <summary>How long a Service may take to receive a goodbye, and then to hang up.</summary>
    internal static readonly TimeSpan GoodbyeTime = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A Service changes its connection when its certificate or its trust has changed, a few times in a row at most. Two hosts
    /// with one key take it from each other without end.
    /// </summary>
    private const int SuspectTakeovers = 5;

    private static readonly TimeSpan Quick = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, ServiceLink> links = new();
    private volatile bool stopping;

    public int Count => links.Count;

    public IEnumerable<ServiceLink> All => links.Values;

    public bool IsConnected(Guid serviceId) => links.ContainsKey(serviceId);

    public ServiceLink? Find(Guid serviceId) => links.GetValueOrDefault(serviceId);

    /// <summary>From now on this connection is the Service's; a former one is ended.</summary>
    public void Enter(ServiceLink link)
    {
        ServiceLink? former = null;
        links.AddOrUpdate(link.ServiceId, link, (_, old) =>
        {
            former = old;
            return link;
        });
        if (former is not null)
        {
            Note(former, link);
            End(former, GoodbyeReason.Replaced, "another connection with this identity has taken over");
        }

        logger.Connected(link.ServiceId);
        if (stopping)
            End(link, GoodbyeReason.Restart, "the Controller stops");
    }

    private void Note(ServiceLink former, ServiceLink link)
    {
        link.QuickTakeovers = clock.GetElapsedTime(former.Since) < Quick ? former.QuickTakeovers + 1 : 0;
        if (link.QuickTakeovers > 0 && link.QuickTakeovers % SuspectTakeovers == 0)
            logger.TakenInTurn(link.ServiceId, link.QuickTakeovers);
        else
            logger.Replaced(link.ServiceId);
    }

    public void Leave(ServiceLink link)
    {
        links.TryRemove(KeyValuePair.Create(link.ServiceId, link));
        logger.Disconnected(link.ServiceId, link.EndReason);
    }

    public void Revoked(Guid serviceId)
    {
        if (Find(serviceId) is { } link)
            End(link, GoodbyeReason.Revoked, "the Service was revoked");
    }

    /// <summary>The certificate that it came with counts no longer; with a newer one it may come back.</summary>
    public void Ended(ServiceLink link, GoodbyeReason reason, string words) => End(link, reason, words);

    public void StopAll()
    {
        stopping = true;
        foreach (ServiceLink link in All)
            End(link, GoodbyeReason.Restart, "the Controller stops");
    }

    private void End(ServiceLink link, GoodbyeReason reason, string words) =>
        link.End(reason, words, clock.GetTimestamp() + (long)(GoodbyeTime.TotalSeconds * clock.TimestampFrequency));
}
