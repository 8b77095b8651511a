using Grpc.Core;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Inventory;
using Uptrakit.Tests.Fleet;
using Uptrakit.Trust.Enrollment;
using ApiService = Uptrakit.Contracts.Api.ServiceView;

namespace Uptrakit.Tests.Hub.Gateway;

/// <summary>What becomes of a token, once for each database.</summary>
public abstract class RedemptionSuite
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What --database would say; null for SQLite.</summary>
    protected abstract Task<string?> DatabaseAsync();

    [Fact]
    public async Task Token_TwoKeysAtOnce_LetsExactlyOneIn()
    {
        await using TestController controller = await StartAsync();
        for (int round = 0; round < 5; round++)
        {
            ServiceToken token = await controller.TokenAsync(Cancel);
            TestService[] services = [.. Enumerable.Range(0, 4).Select(_ => new TestService(controller))];

            EnrollReply[] replies = await Task.WhenAll(services.Select(service => service.EnrollAsync(token, Cancel)));

            Assert.Single(replies, static reply => reply.Enrolled is not null);
            Assert.All(replies.Where(static reply => reply.Enrolled is null),
                static reply => Assert.Equal(EnrollFault.TokenUsed, reply.Refused.Fault));
            Assert.Equal(0, await controller.UsesLeftAsync(token, Cancel));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Token_SameKeySeveralTimesAtOnce_IsOneServiceAndOneUse(int uses)
    {
        await using TestController controller = await StartAsync();
        ServiceToken token = await controller.TokenAsync(Cancel, uses);
        using TestService service = new(controller);

        EnrollReply[] replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => service.EnrollAsync(token, Cancel)));

        Assert.All(replies, static reply => Assert.NotNull(reply.Enrolled));
        Assert.Single(replies.Select(static reply => reply.Enrolled.ServiceId).Distinct());
        Assert.Equal(uses - 1, await controller.UsesLeftAsync(token, Cancel));
    }

    [Fact]
    public async Task Token_SameKeyAgain_GetsTheSameServiceWithoutAnotherUse()
    {
        await using TestController controller = await StartAsync();
        ServiceToken token = await controller.TokenAsync(Cancel);
        using TestService service = new(controller);

        EnrollReply first = await service.EnrollAsync(token, Cancel);
        EnrollReply second = await service.EnrollAsync(token, Cancel);

        Assert.Equal(first.Enrolled.ServiceId, second.Enrolled.ServiceId);
        Assert.Equal(0, await controller.UsesLeftAsync(token, Cancel));
        using TestLink link = await service.ConnectAsync(Cancel);
        await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);
    }

    [Fact]
    public async Task Token_FailedFirstTries_IsNotBurned()
    {
        await using TestController controller = await StartAsync();
        ServiceToken token = await controller.TokenAsync(Cancel);
        using TestService service = new(controller);
        using TestService mqtt = new(controller, kind: ServiceKind.Mqtt);

        EnrollReply badProof = await service.EnrollAsync(token, Cancel, static request => request.FriendlyName = "another");
        EnrollReply badCsr = await service.EnrollAsync(token, Cancel, static request => request.Csr = Google.Protobuf.ByteString.CopyFrom(1, 2, 3));
        EnrollReply otherKind = await mqtt.EnrollAsync(token, Cancel);

        Assert.Equal(EnrollFault.Proof, badProof.Refused.Fault);
        Assert.Equal(EnrollFault.Csr, badCsr.Refused.Fault);
        Assert.Equal(EnrollFault.TokenOtherCapability, otherKind.Refused.Fault);
        Assert.Equal(1, await controller.UsesLeftAsync(token, Cancel));
        Assert.NotNull((await service.EnrollAsync(token, Cancel)).Enrolled);
    }

    [Fact]
    public async Task Token_Revoked_LetsNobodyInAnyMore()
    {
        await using TestController controller = await StartAsync();
        ServiceToken token = await controller.TokenAsync(Cancel, uses: 2);
        using TestService first = new(controller);
        Assert.NotNull((await first.EnrollAsync(token, Cancel)).Enrolled);

        await controller.Get<EnrollmentTokens>().RevokeAsync(token.Id, "local:tests", Cancel);
        using TestService second = new(controller);

        Assert.Equal(EnrollFault.TokenRevoked, (await second.EnrollAsync(token, Cancel)).Refused.Fault);
        using TestLink link = await first.ConnectAsync(Cancel);
        await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);
    }

    [Fact]
    public async Task Service_EnrolledAndRevoked_StandsInTheAuditLogAndIsRefused()
    {
        await using TestController controller = await StartAsync();
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);

        Outcome<ApiService> revoked = await controller.Get<ServiceRegistry>().RevokeAsync(service.Id, "user:alice", Cancel);

        Assert.Equal("revoked", revoked.Value?.State);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using TestLink link = await service.ConnectAsync(Cancel);
            await link.NextAsync(ControllerMessage.KindOneofCase.Welcome, Cancel);
        });
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        string[] actions = [.. (await controller.Get<Uptrakit.Controller.Settings.AuditLog>().ListAsync(10, null, Cancel)).Items.Select(static entry => entry.Action)];
        Assert.Equal(["service.revoke", "service.enroll", "token.create"], actions[..3]);
    }

    private async Task<TestController> StartAsync() => await TestController.StartAsync(await DatabaseAsync());
}

public sealed class SqliteRedemptionTests : RedemptionSuite
{
    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

[Collection(nameof(PostgresServer))]
public sealed class PostgresRedemptionTests(PostgresServer server) : RedemptionSuite
{
    protected override async Task<string?> DatabaseAsync() => await server.DatabaseAsync(TestContext.Current.CancellationToken);
}
