using Microsoft.EntityFrameworkCore;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Inventory;

/// <summary>Counts Services for a rotation, by what they last said of themselves.</summary>
internal sealed class FleetCensus(HubStore store, TimeProvider clock) : IFleetCensus
{
    /// <summary>The mode that verifies nothing: such a Service stores no anchors, and no rotation cuts it off.</summary>
    public const string Insecure = "insecure-tofu";

    public Task<Coverage> TrustingAsync(CertificateFingerprint anchor, CancellationToken cancel) => store.ReadAsync(async hub =>
    {
        int total = await Enrolled(hub).CountAsync(cancel);
        return new Coverage(total - await Lacking(hub, anchor).CountAsync(cancel), total);
    }, cancel);

    /// <summary>Some of those that do not trust the anchor yet.</summary>
    public Task<List<Guid>> LackingAsync(CertificateFingerprint anchor, int most, CancellationToken cancel) => store.ReadAsync(
        hub => Lacking(hub, anchor).OrderBy(row => row.LastSeenAt).Select(row => row.Id).Take(most).ToListAsync(cancel), cancel);

    public Task<int> LivingUnderAsync(Guid caId, CancellationToken cancel) => store.ReadAsync(
        hub => Living(hub, caId, clock.GetUtcNow()).CountAsync(cancel), cancel);

    /// <summary>Some of those that live under a CA.</summary>
    public Task<List<Guid>> ListLivingUnderAsync(Guid caId, int most, CancellationToken cancel) => store.ReadAsync(
        hub => Living(hub, caId, clock.GetUtcNow()).OrderBy(row => row.LastSeenAt).Select(row => row.Id).Take(most).ToListAsync(cancel), cancel);

    private static IQueryable<ServiceRow> Enrolled(HubContext hub) => hub.Services.Where(row => row.State == ServiceState.Active);

    private static IQueryable<ServiceRow> Lacking(HubContext hub, CertificateFingerprint anchor)
    {
        string wanted = anchor.ToString();
        return Enrolled(hub).Where(row => row.TrustMode != Insecure && !row.TrustAnchors.Contains(wanted));
    }

    private static IQueryable<ServiceRow> Living(HubContext hub, Guid caId, DateTimeOffset now) =>
        Enrolled(hub).Where(row => row.IssuerId == caId && row.CertificateNotAfter > now);
}
