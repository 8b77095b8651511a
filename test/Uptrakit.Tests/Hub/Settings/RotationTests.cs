using Uptrakit.Contracts.Api;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Settings;
using Uptrakit.Tests.Fleet;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.Tests.Hub.Settings;

public sealed class RotationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Issuing_RotatedUnderAConnectedService_AsksItToRenewAndRetiresWhenItHas()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);
        using TestLink link = await service.ConnectAsync(Cancel);
        await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);

        await StepAsync(controller, "issuing", "prepare");
        await StepAsync(controller, "issuing", "activate");
        await link.NextAsync(ControllerMessage.KindOneofCase.RenewNow, Cancel);
        RotationAnswer early = await RotateAsync(controller, "issuing", "retire");
        await service.RenewAsync(Cancel);
        RotationAnswer late = await RotateAsync(controller, "issuing", "retire");

        Assert.Equal(ProblemCode.CoverageIncomplete, early.Code);
        Assert.Null(late.Code);
        using TestLink again = await service.ConnectAsync(Cancel);
        await again.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);
    }

    [Fact]
    public async Task Root_HandedOver_IsPushedCountedAndRetired()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);
        using TestLink link = await service.ConnectAsync(Cancel);
        await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);

        await StepAsync(controller, "root", "prepare");
        await StepAsync(controller, "root", "distribute");
        Bundle bundle = (await NextBundleAsync(link, 2)).Bundle;
        RotationView before = (await ReadAsync(controller)).Rotation!;
        TrustReport report = new() { Mode = "pin-fingerprint" };
        report.Anchors.AddRange(bundle.Anchors.Select(static der => Google.Protobuf.ByteString.CopyFrom(
            System.Security.Cryptography.SHA256.HashData(der.Span))));
        await link.SendAsync(new ServiceMessage { Trust = report }, Cancel);
        await Until.TrueAsync("it counts as trusting", async _ => (await ReadAsync(controller)).Rotation is { Trusting: 1 }, Patience, Cancel);
        await StepAsync(controller, "root", "activate");
        await link.NextAsync(ControllerMessage.KindOneofCase.RenewNow, Cancel);
        await service.RenewAsync(Cancel);
        await StepAsync(controller, "root", "retire");

        Assert.Equal((0, 1, "root", "distributing", "activate"), (before.Trusting, before.Total, before.Kind, before.Step, before.NextStep));
        Assert.Equal(service.Id.ToString("D"), Assert.Single(before.Missing));
        CertificatesView after = await ReadAsync(controller);
        Assert.Equal(before.NewFingerprint, after.Fingerprint);
        Assert.Null(after.Rotation);
    }

    [Fact]
    public async Task Root_RetiredBeforeEverybodyTrustsIt_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);
        foreach (string step in new[] { "prepare", "distribute", "activate" })
            await StepAsync(controller, "root", step);

        RotationAnswer refused = await RotateAsync(controller, "root", "retire");
        RotationAnswer forced = await controller.Get<CertificateSettings>().RotateAsync(new RotateCaRequest("root", "retire", Force: true), "user:alice", Cancel);

        Assert.Equal(ProblemCode.CoverageIncomplete, refused.Code);
        Assert.Null(forced.Code);
    }

    [Fact]
    public async Task Step_OfARotation_NamesItsActorInTheAuditLog()
    {
        await using TestController controller = await TestController.StartAsync();

        await StepAsync(controller, "issuing", "prepare");

        AuditEntryView entry = (await controller.Get<AuditLog>().ListAsync(1, null, Cancel)).Items.Single();
        Assert.Equal(("user:alice", "ca.prepared", "issuing-g2"), (entry.Actor, entry.Action, entry.Subject));
    }

    private static async Task<ControllerMessage> NextBundleAsync(TestLink link, int anchors)
    {
        while (true)
        {
            ControllerMessage message = await link.NextAsync(ControllerMessage.KindOneofCase.Bundle, Cancel);
            if (message.Bundle.Anchors.Count == anchors)
                return message;
        }
    }

    private static Task<CertificatesView> ReadAsync(TestController controller) => controller.Get<CertificateSettings>().ReadAsync(Cancel);

    private static async Task StepAsync(TestController controller, string kind, string step) =>
        Assert.Null((await RotateAsync(controller, kind, step)).Code);

    private static Task<RotationAnswer> RotateAsync(TestController controller, string kind, string step) =>
        controller.Get<CertificateSettings>().RotateAsync(new RotateCaRequest(kind, step), "user:alice", Cancel);
}
