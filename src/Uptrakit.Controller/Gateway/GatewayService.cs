using Google.Protobuf;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;

namespace Uptrakit.Controller.Gateway;

/// <summary>What a Service calls. Who it is comes from <see cref="GatewayGate"/>.</summary>
internal sealed class GatewayService(
    HubStore store, LiveServices live, Pulse pulse, ReportBook reports, ControllerIdentity identity, AuthorityKeys keys, Issuer issuer,
    RenewalLimit limit, TimeProvider clock, ILogger<GatewayService> logger)
    : Contracts.Gateway.Gateway.GatewayBase
{
    private static readonly TimeSpan HelloTime = TimeSpan.FromSeconds(10);

    public override async Task Connect(
        IAsyncStreamReader<ServiceMessage> requestStream, IServerStreamWriter<ControllerMessage> responseStream, ServerCallContext context)
    {
        ServiceCaller caller = CallerOf(context);
        if (await HelloAsync(requestStream, context.CancellationToken) is not { } hello)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the first message of a Service is a Hello, within ten seconds"));

        using ServiceLink link = new(caller, clock.GetTimestamp(), context.CancellationToken);
        link.Send(Welcome());
        reports.Said(caller.ServiceId, hello);
        pulse.Schedule(link);
        live.Enter(link);
        try
        {
            // Entered first, asked then: a revocation in between finds the link, or is found here.
            if (await IsRevokedAsync(caller.ServiceId, context.CancellationToken))
                live.Revoked(caller.ServiceId);
            Task reading = ReadAsync(requestStream, link);
            await WriteAsync(responseStream, link);
            // Who was told goodbye hangs up: the end of the call must not overtake what is still on its way to it.
            await reading.WaitAsync(LiveServices.GoodbyeTime, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            link.Break(link.EndReason);
            await reading;
        }
        finally
        {
            live.Leave(link);
        }
    }

    public override async Task<RenewReply> Renew(RenewRequest request, ServerCallContext context)
    {
        ServiceCaller caller = CallerOf(context);
        if (!limit.TryTake(caller.ServiceId))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "this Service renews too often: wait a minute"));
        if (!SigningRequest.TryParse(request.Csr.Span, out SigningRequest? csr, out CsrFault fault))
            throw new RpcException(new Status(StatusCode.InvalidArgument, SigningRequest.Describe(fault)));
        CaSnapshot authority = keys.Current;
        if (!issuer.TryIssueService(authority, csr, caller.ServiceId, out Issued? issued, out string? reason))
        {
            logger.NotIssued(reason);
            throw new RpcException(new Status(StatusCode.Unavailable, "no certificate can be issued now; the log of the Controller says why"));
        }

        using (issued.Leaf)
        {
            await store.WriteAsync(hub => RecordAsync(hub, caller.ServiceId, csr, issued, context.CancellationToken), context.CancellationToken);
            if (live.Find(caller.ServiceId) is { } link)
                link.CaId = issued.Record.CaId;
            logger.Renewed(caller.ServiceId, issued.Record.NotAfter);
            RenewReply reply = new();
            reply.Chain.AddRange(issued.Chain.Select(static der => UnsafeByteOperations.UnsafeWrap(der)));
            reply.Bundle.AddRange(Bundles.Anchors(authority));
            reply.HandOver.AddRange(Bundles.HandOvers(authority));
            return reply;
        }
    }

    private static ServiceCaller CallerOf(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<ServiceCaller>()
        ?? throw new RpcException(new Status(StatusCode.Unauthenticated, "a client certificate of this Controller is needed"));

    private async Task<Hello?> HelloAsync(IAsyncStreamReader<ServiceMessage> requests, CancellationToken cancel)
    {
        using CancellationTokenSource limit = new(HelloTime, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            return await requests.MoveNext(either.Token) ? requests.Current.Hello : null;
        }
        catch (Exception late) when (limit.IsCancellationRequested && late is OperationCanceledException or RpcException)
        {
            return null;
        }
    }

    private ControllerMessage Welcome() => new()
    {
        Welcome = new Welcome
        {
            ControllerId = identity.Id.ToString("D"),
            ControllerVersion = VersionAction.Version,
            TimeUnixMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Bundle = Bundles.Of(keys.Current),
        },
    };

    private async Task ReadAsync(IAsyncStreamReader<ServiceMessage> requests, ServiceLink link)
    {
        try
        {
            while (await requests.MoveNext(link.Broken))
                Take(link, requests.Current);
            link.Break("it hung up");
        }
        catch (Exception ended) when (ended is OperationCanceledException or RpcException or IOException or InvalidOperationException)
        {
            link.Break(link.Broken.IsCancellationRequested ? link.EndReason : "its connection broke");
        }
    }

    private void Take(ServiceLink link, ServiceMessage message)
    {
        link.LastHeard = clock.GetTimestamp();
        reports.Heard(link.ServiceId);
        switch (message.KindCase)
        {
            case ServiceMessage.KindOneofCase.Facts:
                reports.Said(link.ServiceId, message.Facts);
                break;
            case ServiceMessage.KindOneofCase.Trust:
                reports.Said(link.ServiceId, message.Trust);
                break;
            default:
                break; // a pong, or what a newer Service says
        }
    }

    private static async Task WriteAsync(IServerStreamWriter<ControllerMessage> responses, ServiceLink link)
    {
        try
        {
            await foreach (ControllerMessage message in link.Outgoing.ReadAllAsync(link.Broken))
                await responses.WriteAsync(message, link.Broken);
        }
        catch (Exception ended) when (ended is OperationCanceledException or RpcException or IOException or InvalidOperationException)
        {
            // Who broke it has said why.
        }
    }

    internal Task<bool> IsRevokedAsync(Guid serviceId, CancellationToken cancel) => store.ReadAsync(
        hub => hub.Services.AnyAsync(row => row.Id == serviceId && row.State != ServiceState.Active, cancel), cancel);

    private static async Task<bool> RecordAsync(HubContext hub, Guid serviceId, SigningRequest csr, Issued issued, CancellationToken cancel)
    {
        ServiceRow? row = await hub.HoldServiceAsync(one => one.Id == serviceId, cancel);
        if (row is not { State: ServiceState.Active })
            throw new RpcException(new Status(StatusCode.PermissionDenied, "the Service was revoked"));
        if (row.Key == csr.Key.ToString())
            throw new RpcException(new Status(StatusCode.InvalidArgument, "a renewal takes a fresh key"));
        row.Take(issued);
        hub.IssuedCertificates.Add(issued.Record);
        return true;
    }
}

/// <summary>How often a Service may renew: far more often than it has to.</summary>
internal sealed class RenewalLimit(TimeProvider clock) : Buckets<Guid>(perSecond: 1.0 / 60, burst: 10, clock);
