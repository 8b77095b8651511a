using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Inventory;

/// <summary>The Services, as operators see and decide on them.</summary>
internal sealed class ServiceRegistry(
    HubStore store, AuditLog audit, AuthorityKeys keys, CrlPublisher lists, IServiceLinks links, TimeProvider clock)
{
    /// <summary>How long a request waits for an operator.</summary>
    public static readonly TimeSpan PendingLife = TimeSpan.FromDays(7);

    public async Task<ServiceList> ListAsync(CancellationToken cancel)
    {
        List<ServiceRow> rows = await store.ReadAsync(hub => hub.Services.OrderBy(row => row.FriendlyName).ThenBy(row => row.Id).ToListAsync(cancel), cancel);
        return new ServiceList([.. rows.Where(IsShown).Select(ViewOf)]);
    }

    public async Task<Outcome<ServiceView>> FindAsync(Guid id, CancellationToken cancel)
    {
        ServiceRow? row = await store.ReadAsync(hub => hub.Services.SingleOrDefaultAsync(row => row.Id == id, cancel), cancel);
        return row is not null && IsShown(row) ? Outcome<ServiceView>.Of(ViewOf(row)) : Unknown(id);
    }

    /// <summary>Lets a pending Service in. The operator names the key that he compared; another one is not approved.</summary>
    public Task<Outcome<ServiceView>> ApproveAsync(Guid id, ApproveServiceRequest request, string actor, CancellationToken cancel)
    {
        if (!SpkiFingerprint.TryParse(request.KeyFingerprint, out SpkiFingerprint? compared))
            return Task.FromResult(Outcome<ServiceView>.Invalid("key_fingerprint: 64 hex digits, as the host shows them"));
        if (request.Capabilities is { } words && Capabilities.Fault(words) is { } unknown)
            return Task.FromResult(Outcome<ServiceView>.Invalid($"capabilities: {unknown}"));
        return DecideAsync(id, (hub, row) =>
        {
            if (!SpkiFingerprint.TryParse(row.Key, out SpkiFingerprint? asked) || !asked.Matches(compared))
                return "its key is not the one that was named: compare the fingerprint that the host shows once more";
            IReadOnlyList<string> granted = Capabilities.For(row.Kind, request.Capabilities ?? [row.Kind]);
            if (granted.Count == 0)
                return $"a Service of kind {row.Kind} needs the capability {row.Kind}";
            row.State = ServiceState.Active;
            row.EnrolledAt = clock.GetUtcNow();
            row.Capabilities = granted;
            audit.Add(hub, actor, "service.approve", row.Id.ToString("D"), $"{row.FriendlyName} key={row.Key}");
            return null;
        }, cancel);
    }

    public Task<Outcome<ServiceView>> RejectAsync(Guid id, string actor, CancellationToken cancel) => DecideAsync(id, (hub, row) =>
    {
        row.State = ServiceState.Rejected;
        row.RevokedAt = clock.GetUtcNow();
        audit.Add(hub, actor, "service.reject", row.Id.ToString("D"), $"{row.FriendlyName} key={row.Key}");
        return null;
    }, cancel);

    /// <summary>Takes back every certificate of a Service, and ends its connection. Doing so once more changes nothing.</summary>
    public async Task<Outcome<ServiceView>> RevokeAsync(Guid id, string actor, CancellationToken cancel)
    {
        Outcome<ServiceView> outcome = await store.WriteAsync(async hub =>
        {
            if (await hub.HoldServiceAsync(row => row.Id == id, cancel) is not { } row)
                return Unknown(id);
            if (row.State == ServiceState.Pending)
                return Outcome<ServiceView>.Refuse(ProblemCode.Conflict, "it waits for approval: reject it instead");
            if (row.State == ServiceState.Active)
                await RevokeAsync(hub, row, actor, cancel);
            return Outcome<ServiceView>.Of(ViewOf(row));
        }, cancel);
        if (outcome.Value is not null)
        {
            lists.Invalidate();
            links.Revoked(id);
        }

        return outcome;
    }

    /// <summary>Forgets requests that nobody decided on, and rejected ones after the same time.</summary>
    public Task<int> ForgetStaleAsync(CancellationToken cancel)
    {
        DateTimeOffset oldest = clock.GetUtcNow() - PendingLife;
        return store.WriteAsync(hub => hub.Services
            .Where(row => (row.State == ServiceState.Pending || row.State == ServiceState.Rejected) && row.RequestedAt < oldest)
            .ExecuteDeleteAsync(cancel), cancel);
    }

    private async Task RevokeAsync(HubContext hub, ServiceRow row, string actor, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        row.State = ServiceState.Revoked;
        row.RevokedAt = now;
        Guid? id = row.Id;
        DateTimeOffset? revoked = now;
        await hub.IssuedCertificates.Where(issued => issued.ServiceId == id && issued.Revoked == null).ExecuteUpdateAsync(
            set => set.SetProperty(issued => issued.Revoked, revoked)
                .SetProperty(issued => issued.Reason, X509RevocationReason.CessationOfOperation), cancel);
        audit.Add(hub, actor, "service.revoke", row.Id.ToString("D"), row.FriendlyName);
    }

    private Task<Outcome<ServiceView>> DecideAsync(Guid id, Func<HubContext, ServiceRow, string?> decide, CancellationToken cancel) =>
        store.WriteAsync(async hub =>
        {
            if (await hub.HoldServiceAsync(row => row.Id == id, cancel) is not { } row || !IsShown(row))
                return Unknown(id);
            if (row.State != ServiceState.Pending)
                return Outcome<ServiceView>.Refuse(ProblemCode.Conflict, $"it is {NameOf(row.State)} already");
            return decide(hub, row) is { } fault
                ? Outcome<ServiceView>.Refuse(ProblemCode.Conflict, fault)
                : Outcome<ServiceView>.Of(ViewOf(row));
        }, cancel);

    private bool IsShown(ServiceRow row) => row.State != ServiceState.Pending || row.RequestedAt >= clock.GetUtcNow() - PendingLife;

    private ServiceView ViewOf(ServiceRow row) =>
        ServiceViews.Of(row, links.IsConnected(row.Id), keys.Current.Set.Records.FirstOrDefault(ca => ca.Id == row.IssuerId));

    private static string NameOf(ServiceState state) => ServiceViews.NameOf(state);

    private static Outcome<ServiceView> Unknown(Guid id) => Outcome<ServiceView>.NotFound($"there is no Service {id:D}");
}
