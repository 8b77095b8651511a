using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Transport;

/// <summary>Another member, with the key that it is pinned to, whose answers the test decides; and how this one sees it.</summary>
internal sealed class FakeMember<TService> : IAsyncDisposable
    where TService : Peers.PeersBase
{
    private readonly NodeIdentity self = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
    private readonly NodeIdentity identity = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
    private readonly WebApplication listener;

    private FakeMember(TService service)
    {
        Service = service;
        listener = Build();
        PinTable pins = new();
        Directory = new(self.NodeId, pins);
        Channels = new(Directory, new PeerVerifier(pins, TimeProvider.System), new OwnIdentity(self));
    }

    public TService Service { get; }

    public NodeId Self => self.NodeId;

    public NodeId Id => identity.NodeId;

    public PeerDirectory Directory { get; }

    public PeerChannels Channels { get; }

    public static async Task<FakeMember<TService>> StartAsync(TService service)
    {
        FakeMember<TService> member = new(service);
        await member.listener.StartAsync(TestContext.Current.CancellationToken);
        string address = member.listener.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        member.Directory.Replace([TestPeers.Of(member.self, 1), TestPeers.Of(member.identity, new Uri(address).Port)]);
        return member;
    }

    public async ValueTask DisposeAsync()
    {
        Channels.Dispose();
        await listener.DisposeAsync();
        self.Dispose();
        identity.Dispose();
    }

    private WebApplication Build()
    {
        SslStreamCertificateContext shown = PeerTls.ContextOf(identity);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Service);
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            // So that a sender soon has to wait for room.
            kestrel.Limits.Http2.InitialStreamWindowSize = 65_535;
            kestrel.Listen(IPAddress.Loopback, 0, port =>
            {
                port.Protocols = HttpProtocols.Http2;
                port.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new(PeerTls.ServerOptions(shown, [SslApplicationProtocol.Http2])) });
            });
        });
        WebApplication app = builder.Build();
        app.MapGrpcService<TService>();
        return app;
    }
}
