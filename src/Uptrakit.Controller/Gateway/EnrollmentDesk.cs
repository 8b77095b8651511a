using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Gateway;

/// <summary>Lets Services in: with a token, or after an operator has approved the key.</summary>
/// <remarks>
/// All is validated first, and the token is consumed last, in the transaction that remembers the certificate: a first try that
/// fails burns nothing, and of two that come at once one wins. The same key may ask again and gets the same answer, because a
/// reply that was lost must not lose the token.
/// </remarks>
internal sealed partial class EnrollmentDesk(
    HubStore store, AuditLog audit, ControllerIdentity identity, AuthorityKeys keys, Issuer issuer, TimeProvider clock, ILogger<EnrollmentDesk> logger)
{
    private const int MostPending = 256;
    private const int MostPendingOfOne = 16;
    private const uint RetryAfterSeconds = 5;

    /// <summary>How long the key that was approved may fetch its first certificate; afterwards it has one, or asks anew.</summary>
    private static readonly TimeSpan CollectTime = ServiceRegistry.PendingLife;

    public async Task<EnrollReply> EnrollAsync(EnrollmentRequest request, CancellationToken cancel)
    {
        EnrollReply reply = await TryDecideAsync(request, cancel) ?? await DecideAsync(request, cancel);
        Log(request, reply);
        return reply;
    }

    /// <summary>Null when the same key may have come twice at once and the other call was first: what it left is there now.</summary>
    private async Task<EnrollReply?> TryDecideAsync(EnrollmentRequest request, CancellationToken cancel)
    {
        try
        {
            EnrollReply reply = await DecideAsync(request, cancel);
            return reply.Refused?.Fault is EnrollFault.TokenUsed or EnrollFault.Rejected ? null : reply;
        }
        catch (DbUpdateException)
        {
            return null;
        }
    }

    private Task<EnrollReply> DecideAsync(EnrollmentRequest request, CancellationToken cancel) =>
        request.Message.Token is null ? AskAsync(request, cancel) : RedeemAsync(request, cancel);

    /// <summary>With a token.</summary>
    private async Task<EnrollReply> RedeemAsync(EnrollmentRequest request, CancellationToken cancel)
    {
        string tokenId = request.Message.Token.TokenId;
        (EnrollmentTokenRow? token, ServiceRow? known) = await store.ReadAsync(async hub => (
            await hub.EnrollmentTokens.SingleOrDefaultAsync(row => row.Id == tokenId, cancel),
            await hub.Services.SingleOrDefaultAsync(row => row.EnrolledKey == request.Key, cancel)), cancel);
        if (token is null)
            return Refuse(EnrollFault.TokenUnknown);
        // Before anything is said about the token: its state is for those who hold its secret.
        if (!request.Proves(token.PublicKey))
            return Refuse(EnrollFault.Proof);
        if (FaultOf(token, known, request) is { } fault)
            return Refuse(fault);

        Guid serviceId = known?.Id ?? Guid.NewGuid();
        if (!issuer.TryIssueService(keys.Current, request.Csr, serviceId, out Issued? issued, out string? reason))
            return NotIssued(reason);
        using (issued.Leaf)
        {
            IReadOnlyList<string> granted = Capabilities.For(request.Kind, token.Capabilities);
            EnrollFault? lost = await store.WriteAsync(
                hub => RecordAsync(hub, request, tokenId, granted, serviceId, issued, cancel), cancel);
            return lost is { } why ? Refuse(why) : Enrolled(serviceId, issued, granted);
        }
    }

    /// <summary>What speaks against it, as far as can be seen before the token is consumed.</summary>
    private EnrollFault? FaultOf(EnrollmentTokenRow token, ServiceRow? known, EnrollmentRequest request)
    {
        if (!token.Capabilities.Contains(request.Kind))
            return EnrollFault.TokenOtherCapability;
        if (known?.State is ServiceState.Revoked or ServiceState.Rejected)
            return EnrollFault.Rejected;
        if (token.RevokedAt is not null)
            return EnrollFault.TokenRevoked;
        if (token.ExpiresAt <= clock.GetUtcNow())
            return EnrollFault.TokenExpired;
        return token.UsesLeft <= 0 && !IsRetry(known, token.Id) ? EnrollFault.TokenUsed : null;
    }

    private async Task<EnrollFault?> RecordAsync(
        HubContext hub, EnrollmentRequest request, string tokenId, IReadOnlyList<string> granted, Guid serviceId, Issued issued, CancellationToken cancel)
    {
        ServiceRow? row = await hub.HoldServiceAsync(one => one.EnrolledKey == request.Key, cancel);
        // Decided anew: between the look above and this transaction an operator may have revoked it, or another call let it in.
        if (row?.State is ServiceState.Revoked or ServiceState.Rejected || (row is not null && row.Id != serviceId))
            return EnrollFault.Rejected;
        bool isRetry = IsRetry(row, tokenId);
        if (!isRetry && !await TryConsumeAsync(hub, tokenId, cancel))
            return EnrollFault.TokenUsed;

        if (row is null)
        {
            row = NewRow(request, serviceId, ServiceState.Active);
            hub.Services.Add(row);
        }

        row.State = ServiceState.Active;
        row.EnrolledAt ??= clock.GetUtcNow();
        row.Capabilities = granted;
        row.TokenId = tokenId;
        row.Take(issued);
        hub.IssuedCertificates.Add(issued.Record);
        if (!isRetry)
            audit.Add(hub, $"token:{tokenId}", "service.enroll", serviceId.ToString("D"), $"{row.FriendlyName} key={request.Key} from={request.From}");
        return null;
    }

    /// <summary>One conditional write: the database decides who is first.</summary>
    private async Task<bool> TryConsumeAsync(HubContext hub, string tokenId, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return await hub.EnrollmentTokens
            .Where(row => row.Id == tokenId && row.UsesLeft > 0 && row.RevokedAt == null && row.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.UsesLeft, row => row.UsesLeft - 1), cancel) == 1;
    }

    private static bool IsRetry(ServiceRow? known, string tokenId) => known is { State: ServiceState.Active } && known.TokenId == tokenId;

    private ServiceRow NewRow(EnrollmentRequest request, Guid serviceId, ServiceState state) => new()
    {
        Id = serviceId,
        FriendlyName = ReportedFacts.Name(request.Message.FriendlyName),
        Kind = request.Kind,
        State = state,
        EnrolledKey = request.Key,
        Key = request.Key,
        Capabilities = [],
        Version = ReportedFacts.Version(request.Message.Version),
        RequestedAt = clock.GetUtcNow(),
        RequestedFrom = ConnectionGate.AddressOf(request.From is null ? null : new System.Net.IPEndPoint(request.From, 0)).ToString(),
        Facts = request.Message.Facts is { } facts ? ReportedFacts.Facts(facts) : null,
    };

    private EnrollReply Enrolled(Guid serviceId, Issued issued, IReadOnlyList<string> granted)
    {
        CaSnapshot authority = keys.Current;
        Enrolled enrolled = new() { ServiceId = serviceId.ToString("D"), ControllerId = identity.Id.ToString("D") };
        enrolled.Chain.AddRange(issued.Chain.Select(static der => UnsafeByteOperations.UnsafeWrap(der)));
        enrolled.Bundle.AddRange(Bundles.Anchors(authority));
        enrolled.HandOver.AddRange(Bundles.HandOvers(authority));
        enrolled.Capabilities.AddRange(granted);
        return new EnrollReply { Enrolled = enrolled };
    }

    private EnrollReply NotIssued(string reason)
    {
        logger.NotIssued(reason);
        return Refuse(EnrollFault.Csr);
    }

    private static EnrollReply Refuse(EnrollFault fault) => new()
    {
        Refused = new EnrollRefused { Fault = fault, Message = EnrollWords.Of(fault) },
    };

    private void Log(EnrollmentRequest request, EnrollReply reply)
    {
        if (reply.Refused is { } refused)
            logger.EnrollmentRefused(request.From, refused.Fault);
        else if (reply.Enrolled is { } enrolled)
            logger.Enrolled(Guid.Parse(enrolled.ServiceId), request.Csr.Key, request.From, request.Message.Token?.TokenId ?? "approval");
    }
}
