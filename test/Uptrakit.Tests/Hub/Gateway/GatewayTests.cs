using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Gateway;
using Uptrakit.Controller.Inventory;
using Uptrakit.Tests.Fleet;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Hub.Gateway;

public sealed class GatewayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gateway_WithoutACertificate_IsClosed()
    {
        await using TestController controller = await TestController.StartAsync();
        Uptrakit.Contracts.Gateway.Gateway.GatewayClient stranger = new(controller.Channel());

        RpcException renew = await Assert.ThrowsAsync<RpcException>(async () =>
            await stranger.RenewAsync(new RenewRequest(), cancellationToken: Cancel));
        RpcException connect = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using AsyncDuplexStreamingCall<ServiceMessage, ControllerMessage> call = stranger.Connect(cancellationToken: Cancel);
            await call.ResponseStream.MoveNext(Cancel);
        });

        Assert.Equal(StatusCode.Unauthenticated, renew.StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, connect.StatusCode);
    }

    [Fact]
    public async Task Gateway_CertificateThatTheClientSignedForItself_IsClosed()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService genuine = await TestService.EnrolledAsync(controller, Cancel);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest forged = new(genuine.Certificate!.SubjectName, key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in genuine.Certificate.Extensions.Where(static one => one.Oid?.Value is not "2.5.29.14"))
            forged.CertificateExtensions.Add(extension);
        using X509Certificate2 leaf = forged.CreateSelfSigned(controller.Clock.GetUtcNow().AddMinutes(-1), controller.Clock.GetUtcNow().AddDays(1));
        Uptrakit.Contracts.Gateway.Gateway.GatewayClient client = new(controller.Channel(leaf));

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await client.RenewAsync(new RenewRequest(), cancellationToken: Cancel));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task Connect_EnrolledService_IsWelcomedAndListed()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);

        using TestLink link = await service.ConnectAsync(Cancel);
        Welcome welcome = (await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel)).Welcome;

        Assert.Equal(controller.Root.RawData, welcome.Bundle.Anchors.Single().ToByteArray());
        ServiceRegistry services = controller.Get<ServiceRegistry>();
        await Until.TrueAsync("its report is stored", async cancel =>
            (await services.FindAsync(service.Id, cancel)).Value is
            {
                Connected: true, Trust: { Mode: "pin-fingerprint", Anchors.Count: 1 }, Facts.Hostname: "web-1", LastSeenAt: not null,
            }, Patience, Cancel);
    }

    [Fact]
    public async Task Connect_FirstMessageIsNoHello_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);
        using AsyncDuplexStreamingCall<ServiceMessage, ControllerMessage> call = service.Client().Connect(cancellationToken: Cancel);

        await call.RequestStream.WriteAsync(new ServiceMessage { Pong = new Pong() }, Cancel);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNext(Cancel));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task Connect_RevokedMeanwhile_EndsWithGoodbye()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);
        using TestLink link = await service.ConnectAsync(Cancel);
        await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);

        await controller.Get<ServiceRegistry>().RevokeAsync(service.Id, "user:alice", Cancel);

        Goodbye goodbye = (await link.NextAsync(ControllerMessage.KindOneofCase.Goodbye, Cancel)).Goodbye;
        Assert.Equal(GoodbyeReason.Revoked, goodbye.Reason);
        await Until.TrueAsync("it is gone", () => !controller.Get<LiveServices>().IsConnected(service.Id), Patience, Cancel);
        byte[] list = await controller.Get<CrlPublisher>().OfIssuingAsync(Cancel);
        Assert.Contains(Convert.ToHexString(service.Certificate!.SerialNumberBytes.Span), Convert.ToHexString(list), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_SecondConnectionOfOneService_ReplacesTheFirst()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);
        using TestLink first = await service.ConnectAsync(Cancel);
        await first.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);

        using TestLink second = await service.ConnectAsync(Cancel);
        await second.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);

        Goodbye goodbye = (await first.NextAsync(ControllerMessage.KindOneofCase.Goodbye, Cancel)).Goodbye;
        Assert.Equal(GoodbyeReason.Replaced, goodbye.Reason);
        Assert.Equal(1, controller.Get<LiveServices>().Count);
    }

    [Fact]
    public async Task Connect_ControllerStops_SaysThatItComesBack()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);
        using TestLink link = await service.ConnectAsync(Cancel);
        await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);

        Task stopping = controller.StopAsync();

        Assert.Equal(GoodbyeReason.Restart, (await link.NextAsync(ControllerMessage.KindOneofCase.Goodbye, Cancel)).Goodbye.Reason);
        link.Dispose(); // as a Service does
        await stopping;
    }

    [Fact]
    public async Task Connect_AfterARestart_TheCertificateStillCounts()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);

        await controller.RestartAsync();

        using TestLink link = await service.ConnectAsync(Cancel);
        await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);
    }

    [Fact]
    public async Task Connect_ExpiredCertificate_IsRefused()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        await using TestController controller = await TestController.StartAsync(clock: clock);
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);

        await controller.RestartAsync(() => clock.Advance(TimeSpan.FromDays(31)));
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await service.Client().RenewAsync(new RenewRequest { Csr = ByteString.CopyFrom(service.OwnCsr()) }, cancellationToken: Cancel));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.Contains("expired", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renew_FreshKey_IsTheSameServiceWithAnotherKey()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);
        SpkiFingerprint before = service.Key;

        await service.RenewAsync(Cancel);
        using TestLink link = await service.ConnectAsync(Cancel);
        await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);

        Assert.NotEqual(before, service.Key);
        Assert.Equal(service.Key.ToString(), (await controller.Get<ServiceRegistry>().FindAsync(service.Id, Cancel)).Value?.KeyFingerprint);
    }

    [Fact]
    public async Task Renew_SameKey_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await service.Client().RenewAsync(new RenewRequest { Csr = ByteString.CopyFrom(service.OwnCsr()) }, cancellationToken: Cancel));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task Message_TooLarge_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = new(controller);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await service.EnrollAsync(null, Cancel, static request => request.Csr = ByteString.CopyFrom(new byte[100_000])));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }
}
