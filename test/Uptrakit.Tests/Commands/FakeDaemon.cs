using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Tests.Commands;

/// <summary>A daemon of canned answers on a real unix socket; keeps what it was asked.</summary>
internal sealed class FakeDaemon : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("qu-").FullName;
    private WebApplication? host;

    internal string Socket => Path.Combine(folder, "q.sock");

    internal StatusReply Status { get; set; } = new();

    internal ReadReply State { get; } = new() { Version = 7 };

    internal ChangeReply Reply { get; set; } = new()
    {
        Outcome = new Outcome { Status = OutcomeStatus.Done, Id = "c-0123456789ab", Version = 8 },
    };

    internal CreateEnrollmentReply Enrollment { get; set; } = new();

    internal ListTrustReply Trust { get; set; } = new();

    internal RotateKeyReply Rotation { get; set; } = new();

    internal TestAlertReply Test { get; set; } = new();

    internal TestCheckReply CheckTest { get; set; } = new();

    internal HistoryReply History { get; set; } = new();

    internal OutagesReply Outages { get; set; } = new();

    internal RpcException? Fault { get; set; }

    internal List<Change> Changes { get; } = [];

    internal List<IMessage> Requests { get; } = [];

    internal static async Task<FakeDaemon> StartAsync()
    {
        FakeDaemon daemon = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(daemon);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenUnixSocket(daemon.Socket, listen => listen.Protocols = HttpProtocols.Http2));
        daemon.host = builder.Build();
        daemon.host.MapGrpcService<Service>();
        await daemon.host.StartAsync(TestContext.Current.CancellationToken);
        return daemon;
    }

    internal Change OnlyChange => Assert.Single(Changes);

    internal static PeerKey Key(string seed) => new()
    {
        SpkiSha256 = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(seed))),
    };

    internal static ChangeReply Refusal(RefusalReason reason, string message) => new()
    {
        Outcome = new Outcome { Status = OutcomeStatus.Refused, Reason = reason, Message = message },
    };

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
            await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class Service(FakeDaemon daemon) : Control.ControlBase
    {
        public override Task<StatusReply> Status(StatusRequest request, ServerCallContext context) =>
            Answer(request, daemon.Status);

        public override Task<ReadReply> Read(ReadRequest request, ServerCallContext context) => Answer(request, daemon.State);

        public override Task<ChangeReply> Change(ChangeRequest request, ServerCallContext context)
        {
            daemon.Changes.Add(request.Command);
            return Answer(request, daemon.Reply);
        }

        public override Task<CreateEnrollmentReply> CreateEnrollment(
            CreateEnrollmentRequest request, ServerCallContext context) =>
            Answer(request, daemon.Enrollment);

        public override Task<ListTrustReply> ListTrust(ListTrustRequest request, ServerCallContext context) =>
            Answer(request, daemon.Trust);

        public override Task<ChangeReply> RemoveTrust(RemoveTrustRequest request, ServerCallContext context) =>
            Answer(request, daemon.Reply);

        public override Task<RotateKeyReply> RotateKey(RotateKeyRequest request, ServerCallContext context) =>
            Answer(request, daemon.Rotation);

        public override Task<TestAlertReply> TestAlert(TestAlertRequest request, ServerCallContext context) =>
            Answer(request, daemon.Test);

        public override Task<TestCheckReply> TestCheck(TestCheckRequest request, ServerCallContext context) =>
            Answer(request, daemon.CheckTest);

        public override Task<HistoryReply> History(HistoryRequest request, ServerCallContext context) => Answer(request, daemon.History);

        public override Task<OutagesReply> Outages(OutagesRequest request, ServerCallContext context) => Answer(request, daemon.Outages);

        private Task<T> Answer<T>(IMessage request, T reply)
        {
            daemon.Requests.Add(request);
            return daemon.Fault is null ? Task.FromResult(reply) : throw daemon.Fault;
        }
    }
}
