using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Uptrakit.Contracts.Api;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Storage;
using Uptrakit.Tests.Fleet;
using Uptrakit.Tests.Shared.Cluster;
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

    /// <summary>Both wait for the same Service, so that one of them is decided after the other has read.</summary>
    [Theory]
    [InlineData("a renewal")]
    [InlineData("a retry with the token")]
    [InlineData("a retry after the approval")]
    public async Task Service_RevokedBesideWhatGivesItACertificate_HasNoneThatIsGood(string what)
    {
        await using TestController controller = await StartAsync();
        foreach (bool revokedFirst in (bool[])[true, false])
        {
            ServiceToken? token = what == "a retry after the approval" ? null : await controller.TokenAsync(Cancel);
            using TestService service = new(controller);
            if (token is null)
                await ApprovedAsync(controller, service);
            Assert.NotNull((await service.EnrollAsync(token, Cancel)).Enrolled);

            Task<Outcome<ApiService>>? revoked = null;
            Task? given = null;
            await HoldingAsync(controller, service.Id, revokedFirst,
                () => revoked = controller.Get<ServiceRegistry>().RevokeAsync(service.Id, "local:tests", Cancel),
                () => given = what == "a renewal" ? service.RenewAsync(Cancel) : service.EnrollAsync(token, Cancel));
            if (await Record.ExceptionAsync(() => given!) is { } refused) // else it was first
                Assert.Equal(StatusCode.PermissionDenied, Assert.IsType<RpcException>(refused).StatusCode);

            Assert.Equal("revoked", (await revoked!).Value?.State);
            Guid? id = service.Id;
            Assert.Equal(0, await controller.Get<HubStore>().ReadAsync(
                hub => hub.IssuedCertificates.CountAsync(issued => issued.ServiceId == id && issued.Revoked == null, Cancel), Cancel));
            Assert.Equal("revoked", (await controller.Get<ServiceRegistry>().FindAsync(service.Id, Cancel)).Value?.State);
        }
    }

    [Fact]
    public async Task Service_RejectedBesideItsEnrollment_IsOneOrTheOther()
    {
        await using TestController controller = await StartAsync();
        foreach (bool rejectedFirst in (bool[])[true, false])
        {
            ServiceToken token = await controller.TokenAsync(Cancel);
            using TestService service = new(controller);
            Guid id = await WaitsAsync(controller, service);

            Task<Outcome<ApiService>>? rejected = null;
            Task<EnrollReply>? enrolled = null;
            await HoldingAsync(controller, id, rejectedFirst,
                () => rejected = controller.Get<ServiceRegistry>().RejectAsync(id, "local:tests", Cancel),
                () => enrolled = service.EnrollAsync(token, Cancel));

            bool isIn = (await enrolled!).Enrolled is not null;
            Assert.Equal(isIn, (await rejected!).Value is null);
            Assert.Equal(isIn ? "active" : "rejected", (await controller.Get<ServiceRegistry>().FindAsync(id, Cancel)).Value?.State);
            Assert.Equal(isIn ? 0 : 1, await controller.UsesLeftAsync(token, Cancel));
        }
    }

    /// <summary>Ends when so many transactions wait for another one; at once where they cannot even begin.</summary>
    protected abstract Task WaitingAsync(int transactions);

    private static async Task<Guid> WaitsAsync(TestController controller, TestService service)
    {
        Assert.NotNull((await service.EnrollAsync(null, Cancel)).Pending);
        ServiceList all = await controller.Get<ServiceRegistry>().ListAsync(Cancel);
        return Guid.Parse(Assert.Single(all.Items, static one => one.State == "pending").Id);
    }

    private static async Task ApprovedAsync(TestController controller, TestService service)
    {
        Guid id = await WaitsAsync(controller, service);
        Outcome<ApiService> approved = await controller.Get<ServiceRegistry>().ApproveAsync(
            id, new ApproveServiceRequest(service.Key.ToString(), null), "local:tests", Cancel);
        Assert.Equal("active", approved.Value?.State);
    }

    /// <summary>Begins both while somebody else has the Service, and lets them go when both wait.</summary>
    private async Task HoldingAsync(TestController controller, Guid id, bool inThisOrder, Action one, Action other) =>
        await controller.Get<HubStore>().WriteAsync(async hub =>
        {
            await hub.HoldServiceAsync(row => row.Id == id, Cancel);
            (inThisOrder ? one : other)();
            await WaitingAsync(1);
            (inThisOrder ? other : one)();
            await WaitingAsync(2);
            return true;
        }, Cancel);

    private async Task<TestController> StartAsync() => await TestController.StartAsync(await DatabaseAsync());
}

public sealed class SqliteRedemptionTests : RedemptionSuite
{
    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);

    protected override Task WaitingAsync(int transactions) => Task.CompletedTask;
}

[Collection(nameof(PostgresServer))]
public sealed class PostgresRedemptionTests(PostgresServer server) : RedemptionSuite
{
    private string connection = "";

    protected override async Task<string?> DatabaseAsync() => connection = await server.DatabaseAsync(TestContext.Current.CancellationToken);

    protected override async Task WaitingAsync(int transactions)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using NpgsqlConnection own = new(connection);
        await own.OpenAsync(cancel);
        await using NpgsqlCommand count = new(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", own);
        await Until.TrueAsync($"{transactions} transactions wait", async token => (long)(await count.ExecuteScalarAsync(token))! >= transactions,
            TimeSpan.FromMinutes(2), cancel);
    }
}
