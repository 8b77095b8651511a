using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Api;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Settings;
using Uptrakit.Tests.Fleet;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Hub.Gateway;

public sealed class EnrollmentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Csr_AskingForAnotherName_GetsOnlyItsOwn()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = new(controller);
        ServiceToken token = await controller.TokenAsync(Cancel);
        EnrollRequest request = service.Request(token, controller.Get<ServerCertificate>().Current.Key, subject: "CN=localhost, O=Admins");

        EnrollReply reply = service.Take(await new Enrollment.EnrollmentClient(controller.Channel()).EnrollAsync(request, cancellationToken: Cancel));

        Assert.Equal($"CN={reply.Enrolled.ServiceId}", service.Certificate!.Subject);
        string names = service.Certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().Format(false);
        Assert.Contains($"spiffe://{reply.Enrolled.ControllerId}/service/{reply.Enrolled.ServiceId}", names, StringComparison.Ordinal);
        Assert.DoesNotContain("localhost", names, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proof_RelayedFromAnotherTlsServer_IsRefusedAndBurnsNothing()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestKey attacker = new();
        using TestService victim = new(controller);
        ServiceToken token = await controller.TokenAsync(Cancel);

        // The victim talked to the attacker's server; the attacker sends on what he got.
        EnrollRequest relayed = victim.Request(token, attacker.Pin);
        EnrollReply reply = await new Enrollment.EnrollmentClient(controller.Channel()).EnrollAsync(relayed, cancellationToken: Cancel);

        Assert.Equal(EnrollFault.Proof, reply.Refused.Fault);
        Assert.Equal(1, await controller.UsesLeftAsync(token, Cancel));
    }

    [Fact]
    public async Task Proof_OfAnotherKey_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService victim = new(controller);
        using TestService thief = new(controller);
        ServiceToken token = await controller.TokenAsync(Cancel);
        TokenProof stolen = victim.Request(token, controller.Get<ServerCertificate>().Current.Key).Token;

        EnrollReply reply = await thief.EnrollAsync(null, Cancel, request => request.Token = stolen);

        Assert.Equal(EnrollFault.Proof, reply.Refused.Fault);
    }

    [Fact]
    public async Task Proof_OverAConnectionOlderThanAHotSwap_NamesTheKeyOfThatConnection()
    {
        await using TestController controller = await TestController.StartAsync();
        using VerifiedHandler handler = controller.Handler();
        Enrollment.EnrollmentClient client = new(controller.Channel(handler));
        using TestService service = new(controller);
        ServiceToken token = await controller.TokenAsync(Cancel);
        await client.EnrollAsync(service.Request(null, handler.ServerKey ?? service.Key), cancellationToken: Cancel); // opens the connection
        SpkiFingerprint shown = handler.ServerKey!;

        await RotateIssuingAsync(controller, "prepare", "activate");
        SpkiFingerprint now = controller.Get<ServerCertificate>().Current.Key;
        EnrollReply withNew = await client.EnrollAsync(service.Request(token, now), cancellationToken: Cancel);
        EnrollReply withShown = await client.EnrollAsync(service.Request(token, shown), cancellationToken: Cancel);

        Assert.NotEqual(shown, now);
        Assert.Equal(EnrollFault.Proof, withNew.Refused.Fault);
        Assert.NotNull(withShown.Enrolled);
    }

    [Fact]
    public async Task Token_Unknown_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = new(controller);
        ServiceToken foreign = ServiceToken.Mint(controller.Get<ControllerIdentity>().Id, TimeProvider.System.GetUtcNow().AddHours(1), [], null);

        Assert.Equal(EnrollFault.TokenUnknown, (await service.EnrollAsync(foreign, Cancel)).Refused.Fault);
    }

    [Fact]
    public async Task Token_Expired_IsRefused()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        await using TestController controller = await TestController.StartAsync(clock: clock);
        using TestService service = new(controller);
        ServiceToken token = await controller.TokenAsync(Cancel, ttl: TimeSpan.FromMinutes(10));

        clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(EnrollFault.TokenExpired, (await service.EnrollAsync(token, Cancel)).Refused.Fault);
    }

    [Fact]
    public async Task Token_CarriesThePinAndTheAddress()
    {
        await using TestController controller = await TestController.StartAsync(shape: static raw => raw.PublicAddress = "hub.example.org:9443");

        ServiceToken token = await controller.TokenAsync(Cancel);

        Assert.Equal(CertificateFingerprint.Of(controller.Root), token.Pin);
        Assert.Equal(new TokenAddress("hub.example.org", 9443), Assert.Single(token.Addresses));
    }

    [Fact]
    public async Task Approval_OfTheKeyThatAsked_LetsItInAtItsNextTry()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = new(controller);
        ServiceRegistry services = controller.Get<ServiceRegistry>();

        Pending pending = (await service.EnrollAsync(null, Cancel)).Pending;
        ServiceView waiting = Assert.Single((await services.ListAsync(Cancel)).Items);
        Outcome<ServiceView> approved = await services.ApproveAsync(
            Guid.Parse(waiting.Id), new ApproveServiceRequest(service.Key.ToString(), null), "user:alice", Cancel);
        EnrollReply reply = await service.EnrollAsync(null, Cancel);

        Assert.Equal(service.Key.ToString(), pending.KeyFingerprint);
        Assert.Equal(("pending", service.Key.ToString()), (waiting.State, waiting.KeyFingerprint));
        Assert.Equal("active", approved.Value?.State);
        Assert.Equal(waiting.Id, reply.Enrolled.ServiceId);
        using TestLink link = await service.ConnectAsync(Cancel);
        await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);
    }

    [Fact]
    public async Task Approval_NamingAnotherKey_LetsNobodyIn()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = new(controller);
        using TestKey other = new();
        ServiceRegistry services = controller.Get<ServiceRegistry>();
        await service.EnrollAsync(null, Cancel);
        ServiceView waiting = Assert.Single((await services.ListAsync(Cancel)).Items);

        Outcome<ServiceView> refused = await services.ApproveAsync(
            Guid.Parse(waiting.Id), new ApproveServiceRequest(other.Pin.ToString(), null), "user:alice", Cancel);

        Assert.Equal(ProblemCode.Conflict, refused.Code);
        Assert.NotNull((await service.EnrollAsync(null, Cancel)).Pending);
    }

    [Fact]
    public async Task Approval_Rejected_StaysRejected()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = new(controller);
        ServiceRegistry services = controller.Get<ServiceRegistry>();
        await service.EnrollAsync(null, Cancel);

        await services.RejectAsync(Guid.Parse(Assert.Single((await services.ListAsync(Cancel)).Items).Id), "user:alice", Cancel);

        Assert.Equal(EnrollFault.Rejected, (await service.EnrollAsync(null, Cancel)).Refused.Fault);
        Assert.Equal(EnrollFault.Rejected, (await service.EnrollAsync(await controller.TokenAsync(Cancel), Cancel)).Refused.Fault);
    }

    [Fact]
    public async Task Approval_SwitchedOff_IsClosed()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = new(controller);
        await controller.Get<HubSettings>().WriteAsync(new SettingsView(null, false), "user:alice", Cancel);

        Assert.Equal(EnrollFault.Closed, (await service.EnrollAsync(null, Cancel)).Refused.Fault);
    }

    [Fact]
    public async Task Approval_ManyFromOneAddress_AreBoundedAndForgottenAfterAWeek()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        await using TestController controller = await TestController.StartAsync(clock: clock);
        List<EnrollReply> replies = [];
        for (int i = 0; i < 17; i++)
        {
            using TestService service = new(controller);
            replies.Add(await service.EnrollAsync(null, Cancel));
        }

        Assert.Equal(16, replies.Count(static reply => reply.Pending is not null));
        Assert.Equal(EnrollFault.Closed, replies[^1].Refused.Fault);
        clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        Assert.Empty((await controller.Get<ServiceRegistry>().ListAsync(Cancel)).Items);
        using TestService late = new(controller);
        Assert.NotNull((await late.EnrollAsync(null, Cancel)).Pending);
    }

    internal static async Task RotateIssuingAsync(TestController controller, params string[] steps)
    {
        foreach (string step in steps)
        {
            RotationAnswer answer = await controller.Get<CertificateSettings>().RotateAsync(new RotateCaRequest("issuing", step), "user:alice", Cancel);
            Assert.Null(answer.Code);
        }
    }
}
