using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Trust.Pins;

public sealed class PeerTlsTests : IDisposable
{
    private static readonly SslApplicationProtocol Raft = new("qu-raft/1");

    private readonly NodeIdentity server = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, new FakeTimeProvider());
    private readonly NodeIdentity client = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, new FakeTimeProvider());
    private readonly Wire wire = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(KeyType.EcdsaP256)]
    [InlineData(KeyType.Rsa3072)]
    public async Task Handshake_TwoSelfSignedNodes_ShowsEachTheOthersKey(KeyType type)
    {
        using NodeIdentity other = NodeIdentity.Create(NodeId.New(), type, new FakeTimeProvider());
        SslServerAuthenticationOptions options =
            PeerTls.ServerOptions(PeerTls.ContextOf(other), [SslApplicationProtocol.Http2, Raft]);

        (Wire.Side served, Wire.Side called) = await wire.HandshakeAsync(
            options, PeerTls.ClientOptions(PeerTls.ContextOf(client), Raft, leaf => Holds(leaf, other.Fingerprint)), Cancel);

        Assert.Null(served.Failure);
        Assert.Null(called.Failure);
        Assert.Equal(client.CertificateDer, served.PeerLeaf);
        Assert.Equal(other.CertificateDer, called.PeerLeaf);
        Assert.Equal(Raft, served.Protocol);
    }

    [Fact]
    public async Task Handshake_LeafReissuedUnderAnotherName_KeepsThePinnedName()
    {
        using TestKey keyOfB = new();
        NodeId a = NodeId.New(), b = NodeId.New();
        PinTable pins = new();
        pins.Replace([new(b, [keyOfB.Pin]), new(a, [client.Fingerprint])]);
        SslStreamCertificateContext mask = Context(keyOfB.Leaf(a.ToString()));

        (Wire.Side served, _) = await wire.HandshakeAsync(ServerOptions(), ClientOptions(mask), Cancel);

        using X509Certificate2? leaf = served.LoadPeerLeaf();
        Assert.Equal(PeerVerdict.Accept(b), new PeerVerifier(pins, TimeProvider.System).Identify(leaf));
    }

    [Fact]
    public async Task Handshake_ClientWithoutCertificate_IsRefused()
    {
        (Wire.Side served, Wire.Side called) = await wire.HandshakeAsync(ServerOptions(), ClientOptions(null), Cancel);

        Assert.IsType<AuthenticationException>(served.Failure);
        Assert.NotNull(called.Failure);
    }

    [Fact]
    public async Task Handshake_ExpiredUnknownClient_PassesAndIsJudgedOneLayerUp()
    {
        using TestKey stranger = new();
        DateTimeOffset past = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
        X509Certificate2 expired = stranger.Leaf("x", past, past.AddDays(1));

        (Wire.Side served, Wire.Side called) = await wire.HandshakeAsync(
            ServerOptions(), ClientOptions(Context(expired)), Cancel);

        Assert.Null(called.Failure);
        Assert.Equal(expired.RawData, served.PeerLeaf);
    }

    [Fact]
    public async Task Handshake_ServerWithAnotherKey_IsRefusedByTheClient()
    {
        using TestKey other = new();

        (_, Wire.Side called) = await wire.HandshakeAsync(
            ServerOptions(), PeerTls.ClientOptions(PeerTls.ContextOf(client), Raft, leaf => Holds(leaf, other.Pin)), Cancel);

        Assert.IsType<AuthenticationException>(called.Failure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handshake_OneSideSpeaksTls12Only_IsRefused(bool serverIsOld)
    {
        SslServerAuthenticationOptions server = ServerOptions();
        SslClientAuthenticationOptions client = ClientOptions(PeerTls.ContextOf(this.client));
        if (serverIsOld)
            server.EnabledSslProtocols = SslProtocols.Tls12;
        else
            client.EnabledSslProtocols = SslProtocols.Tls12;

        (Wire.Side served, Wire.Side called) = await wire.HandshakeAsync(server, client, Cancel);

        Assert.NotNull(served.Failure);
        Assert.NotNull(called.Failure);
    }

    [Fact]
    public async Task Handshake_OtherApplicationProtocol_IsRefused()
    {
        (Wire.Side served, Wire.Side called) = await wire.HandshakeAsync(
            ServerOptions(), PeerTls.ClientOptions(PeerTls.ContextOf(client), new("other/1"), static _ => true), Cancel);

        Assert.NotNull(served.Failure);
        Assert.NotNull(called.Failure);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Handshake_ClientCertificateNamesAnIssuerAddress_NothingIsFetched(bool guarded, int least)
    {
        await using BlackHole hole = new();
        using TestKey issuer = new(), hostile = new();
        SslStreamCertificateContext context = Context(hostile.LeafSignedBy(issuer, "x", IssuerAt(hole.Url)));
        SslServerAuthenticationOptions options = ServerOptions();
        if (!guarded)
            options.CertificateChainPolicy = null; // shows that the black hole would see a fetch

        (Wire.Side served, _) = await wire.HandshakeAsync(options, ClientOptions(context), Cancel);

        Assert.Null(served.Failure);
        Assert.Equal(least > 0, hole.Visits >= Math.Max(least, 1));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Handshake_ServerCertificateNamesAnIssuerAddress_NothingIsFetched(bool guarded, int least)
    {
        await using BlackHole hole = new();
        using TestKey issuer = new(), hostile = new();
        SslStreamCertificateContext context = Context(hostile.LeafSignedBy(issuer, "x", IssuerAt(hole.Url)));
        SslClientAuthenticationOptions options = ClientOptions(PeerTls.ContextOf(client));
        if (!guarded)
            options.CertificateChainPolicy = null;

        (_, Wire.Side called) = await wire.HandshakeAsync(PeerTls.ServerOptions(context, [Raft]), options, Cancel);

        Assert.Null(called.Failure);
        Assert.Equal(least > 0, hole.Visits >= Math.Max(least, 1));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    public async Task Handshake_SecondOne_IsResumedOnlyIfBothSidesAllowIt(bool serverAllows, bool clientAllows, bool resumed)
    {
        // A resumed handshake carries no certificate: it is shorter by at least that. Resumption needs a name to file under.
        SslServerAuthenticationOptions server = ServerOptions();
        SslClientAuthenticationOptions client = ClientOptions(PeerTls.ContextOf(this.client));
        Assert.False(server.AllowTlsResume);
        Assert.False(client.AllowTlsResume);
        server.AllowTlsResume = serverAllows;
        client.AllowTlsResume = clientAllows;
        client.TargetHost = $"node-{Guid.NewGuid():N}";

        (_, Wire.Side first) = await wire.HandshakeAsync(server, client, Cancel);
        (_, Wire.Side second) = await wire.HandshakeAsync(server, client, Cancel);

        Assert.Null(first.Failure);
        Assert.Null(second.Failure);
        Assert.Equal(resumed, first.RawBytesReceived - second.RawBytesReceived > this.server.CertificateDer.Length / 2);
    }

    [Fact]
    public void Options_EveryCall_GivesAPolicyOfItsOwn()
    {
        Assert.NotSame(ServerOptions().CertificateChainPolicy, ServerOptions().CertificateChainPolicy);
        Assert.Equal(X509RevocationMode.NoCheck, ServerOptions().CertificateChainPolicy!.RevocationMode);
        Assert.Equal(X509ChainTrustMode.CustomRootTrust, ClientOptions(null).CertificateChainPolicy!.TrustMode);
    }

    public void Dispose()
    {
        wire.Dispose();
        server.Dispose();
        client.Dispose();
    }

    private static bool Holds(X509Certificate2? leaf, SpkiFingerprint pin) =>
        leaf is not null && SpkiFingerprint.Of(leaf).Matches(pin);

    private static SslStreamCertificateContext Context(X509Certificate2 leaf) =>
        SslStreamCertificateContext.Create(leaf, null, offline: true);

    private static X509AuthorityInformationAccessExtension IssuerAt(string url) => new(null, [url]);

    private static SslClientAuthenticationOptions ClientOptions(SslStreamCertificateContext? own) =>
        PeerTls.ClientOptions(own, Raft, static _ => true);

    private SslServerAuthenticationOptions ServerOptions() => PeerTls.ServerOptions(PeerTls.ContextOf(server), [Raft]);

    /// <summary>Counts who comes, and sends everybody away.</summary>
    private sealed class BlackHole : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly Task loop;
        private int visits;

        public BlackHole()
        {
            listener.Start();
            loop = CountAsync();
        }

        public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/issuer.cer";

        public int Visits => Volatile.Read(ref visits) + (listener.Pending() ? 1 : 0);

        public async ValueTask DisposeAsync()
        {
            listener.Dispose();
            await loop;
        }

        private async Task CountAsync()
        {
            try
            {
                while (true)
                {
                    using Socket visitor = await listener.AcceptSocketAsync(CancellationToken.None);
                    Interlocked.Increment(ref visits);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Disposed.
            }
        }
    }
}
