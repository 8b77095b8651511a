using Microsoft.EntityFrameworkCore;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;

namespace Uptrakit.Controller.Gateway;

/// <summary>Without a token: a request waits until an operator approves its key, and fetches its certificate by asking again.</summary>
internal sealed partial class EnrollmentDesk
{
    private async Task<EnrollReply> AskAsync(EnrollmentRequest request, CancellationToken cancel)
    {
        ServiceRow? known = await store.ReadAsync(
            hub => hub.Services.SingleOrDefaultAsync(row => row.EnrolledKey == request.Key, cancel), cancel);
        return known switch
        {
            null => await BeginAsync(request, cancel),
            { State: ServiceState.Active } => await CollectAsync(request, known, cancel),
            { State: ServiceState.Pending } when !IsStale(known) => Pending(request),
            { State: ServiceState.Pending } => await BeginAsync(request, cancel),
            _ => Refuse(EnrollFault.Rejected),
        };
    }

    /// <summary>A first request. How many may wait is bounded: an operator has to look through them.</summary>
    private async Task<EnrollReply> BeginAsync(EnrollmentRequest request, CancellationToken cancel)
    {
        ServiceRow row = NewRow(request, Guid.NewGuid(), ServiceState.Pending);
        bool waits = await store.WriteAsync(async hub =>
        {
            if (!await hub.Controllers.AnyAsync(one => one.ApprovalWithoutToken, cancel))
                return false;
            await ForgetStaleAsync(hub, cancel);
            IQueryable<ServiceRow> pending = hub.Services.Where(one => one.State == ServiceState.Pending);
            if (await pending.CountAsync(cancel) >= MostPending
                || await pending.CountAsync(one => one.RequestedFrom == row.RequestedFrom, cancel) >= MostPendingOfOne)
                return false;
            hub.Services.Add(row);
            return true;
        }, cancel);
        if (!waits)
            return Refuse(EnrollFault.Closed);
        logger.WaitsForApproval(row.Id, request.Csr.Key, request.From);
        return Pending(request);
    }

    /// <summary>An operator has approved this key.</summary>
    private async Task<EnrollReply> CollectAsync(EnrollmentRequest request, ServiceRow known, CancellationToken cancel)
    {
        // A key that leaked is not to get certificates for ever: with its first one a Service renews.
        if (known.TokenId is not null || known.EnrolledAt + CollectTime < clock.GetUtcNow())
            return Refuse(EnrollFault.Rejected);
        if (!issuer.TryIssueService(keys.Current, request.Csr, known.Id, out Issued? issued, out string? reason))
            return NotIssued(reason);
        using (issued.Leaf)
        {
            bool isActive = await store.WriteAsync(async hub =>
            {
                ServiceRow? row = await hub.HoldServiceAsync(one => one.Id == known.Id, cancel);
                if (row is not { State: ServiceState.Active })
                    return false; // revoked in between
                if (row.Serial is null)
                    audit.Add(hub, "controller", "service.enroll", row.Id.ToString("D"), $"{row.FriendlyName} key={request.Key} from={request.From}");
                row.Take(issued);
                hub.IssuedCertificates.Add(issued.Record);
                return true;
            }, cancel);
            return isActive ? Enrolled(known.Id, issued, known.Capabilities) : Refuse(EnrollFault.Rejected);
        }
    }

    private async Task ForgetStaleAsync(HubContext hub, CancellationToken cancel)
    {
        DateTimeOffset oldest = clock.GetUtcNow() - ServiceRegistry.PendingLife;
        await hub.Services.Where(row => row.State == ServiceState.Pending && row.RequestedAt < oldest).ExecuteDeleteAsync(cancel);
    }

    private bool IsStale(ServiceRow row) => row.RequestedAt < clock.GetUtcNow() - ServiceRegistry.PendingLife;

    private EnrollReply Pending(EnrollmentRequest request) => new()
    {
        Pending = new Pending
        {
            ControllerId = identity.Id.ToString("D"),
            KeyFingerprint = request.Key,
            RetryAfterSeconds = RetryAfterSeconds,
        },
    };
}
