using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Checks;
using Uptrakit.Tests.Consensus;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Transport;

/// <summary>A leader whose machine dies in the middle of what it is told takes no other node with it.</summary>
public sealed class ReporterLossTests : IAsyncLifetime, IReportIntake
{
    private readonly FakeTimeProvider clock = new();
    private readonly DyingLeader dying = new();
    private readonly PinTable pins = new();
    private readonly NodeIdentity self = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
    private readonly NodeIdentity other = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
    private PeerDirectory directory = null!;
    private PeerChannels channels = null!;
    private WebApplication leader = null!;

    public long Term => 0;

    public async ValueTask InitializeAsync()
    {
        leader = Build();
        await leader.StartAsync(TestContext.Current.CancellationToken);
        string address = leader.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        directory = new(self.NodeId, pins);
        directory.Replace([PeerOf(self, 1), PeerOf(other, new Uri(address).Port)]);
        channels = new(directory, new PeerVerifier(pins, TimeProvider.System), new OwnIdentity(self));
    }

    public async ValueTask DisposeAsync()
    {
        channels.Dispose();
        await leader.DisposeAsync();
        self.Dispose();
        other.Dispose();
    }

    bool IReportIntake.Take(NodeId from, IEnumerable<ProbeReport> reports) => false;

    [Theory]
    [InlineData(1)] // while it waits for an answer
    [InlineData(1000)] // while it waits for room to write
    public async Task Reporter_WhoseLeaderDiesWhileItWrites_GoesOn(int reports)
    {
        using Reporter reporter = new(
            self.NodeId, () => other.NodeId, channels, this, static (_, _) => { }, clock, NullLogger<Reporter>.Instance);
        using CancellationTokenSource over = new();
        Task running = reporter.RunAsync(over.Token);

        await TestEngineCluster.UntilAsync(() =>
        {
            for (int i = 0; i < reports; i++)
                reporter.Submit(Result($"c-{i}"));
            clock.Advance(TimeSpan.FromMilliseconds(100));
            return running.IsCompleted || dying.Deaths >= 20;
        });

        Assert.False(running.IsCompleted, running.Exception?.ToString());
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private ProbeResult Result(string id)
    {
        Check check = TestChecks.Tcp("127.0.0.1:9");
        check.Id = id;
        return new ProbeResult(check, new ProbeOutcome(ProbeLevel.Failed, TimeSpan.Zero, new string('x', 500)), 0, clock.GetTimestamp());
    }

    private static Peer PeerOf(NodeIdentity identity, int port) => new()
    {
        NodeId = identity.NodeId.ToString(),
        Advertise = $"127.0.0.1:{port}",
        Role = Role.Voter,
        Keys = { new PeerKey { SpkiSha256 = ByteString.CopyFrom(identity.Fingerprint.Bytes) } },
    };

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(dying);
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.InitialStreamWindowSize = 65_535;
            kestrel.Listen(IPAddress.Loopback, 0, port =>
            {
                port.Protocols = HttpProtocols.Http2;
                port.UseHttps(https =>
                {
                    https.ServerCertificate = other.Certificate;
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.AllowAnyClientCertificate();
                });
            });
        });
        WebApplication app = builder.Build();
        app.MapGrpcService<DyingLeader>();
        return app;
    }

    /// <summary>Reads nothing, and is gone a moment later, as a process that was killed is.</summary>
    private sealed class DyingLeader : Peers.PeersBase
    {
        private int deaths;

        public int Deaths => Volatile.Read(ref deaths);

        public override async Task Report(
            IAsyncStreamReader<ReportBatch> requestStream, IServerStreamWriter<LeaderMessage> responseStream, ServerCallContext context)
        {
            await context.WriteResponseHeadersAsync([]);
            await Task.Delay(TimeSpan.FromMilliseconds(Deaths * 2), context.CancellationToken);
            IFeatureCollection features = context.GetHttpContext().Features;
            features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
            Interlocked.Increment(ref deaths);
        }
    }
}
