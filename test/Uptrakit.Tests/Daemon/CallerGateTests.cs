using Microsoft.AspNetCore.Http;
using Uptrakit.Hosting;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Daemon;

public sealed class CallerGateTests
{
    private const string Enroll = "/uptrakit.quorum.peers.Enrollment/Enroll";
    private const string Beat = "/uptrakit.quorum.peers.Peers/Beat";
    private const string Status = "/uptrakit.qu.control.Control/Status";

    private static readonly NodeIdentity Peer = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
    private readonly PeerDirectory directory = new(NodeId.New(), new PinTable());

    public CallerGateTests() => directory.Replace(
        [new Peer { NodeId = Peer.NodeId.ToString(), Advertise = "a:1", Keys = { OwnKey.Of(Peer) } }]);

    private async Task<bool> IsLetInAsync(string path, object? caller)
    {
        DefaultHttpContext context = new();
        context.Request.Path = path;
        if (caller is PeerConnection peer)
            context.Features.Set(peer);
        else if (caller is ControlCaller control)
            context.Features.Set(control);
        bool entered = false;
        await CallerGate.Middleware(directory)(context, _ =>
        {
            entered = true;
            return Task.CompletedTask;
        });
        Assert.Equal(entered ? "" : "16", context.Response.Headers["grpc-status"].ToString());
        return entered;
    }

    private static PeerConnection Member => new(Peer.NodeId, Peer.Certificate, Peer.Fingerprint);

    private static PeerConnection Stranger => new(null, Peer.Certificate, Peer.Fingerprint);

    [Theory]
    [InlineData(Enroll, true)]
    [InlineData(Beat, false)]
    [InlineData(Status, false)]
    [InlineData("/", false)]
    [InlineData("/UPTRAKIT.QUORUM.PEERS.PEERS/Beat", false)]
    public async Task Stranger_OfAnyMethod_GetsEnrollmentOnly(string path, bool allowed) =>
        Assert.Equal(allowed, await IsLetInAsync(path, Stranger));

    [Theory]
    [InlineData(Enroll, true)]
    [InlineData(Beat, true)]
    [InlineData(Status, false)]
    public async Task Member_OverThePort_NeverGetsControl(string path, bool allowed) =>
        Assert.Equal(allowed, await IsLetInAsync(path, Member));

    [Theory]
    [InlineData(Status, true)]
    [InlineData(Beat, false)]
    [InlineData(Enroll, false)]
    public async Task LocalCaller_OverTheSocket_GetsControlOnly(string path, bool allowed) =>
        Assert.Equal(allowed, await IsLetInAsync(path, new ControlCaller(0)));

    [Fact]
    public async Task Member_EvictedWhileConnected_IsRefusedAtTheNextRequest()
    {
        directory.Replace([]);

        Assert.False(await IsLetInAsync(Beat, Member));
    }

    [Fact]
    public async Task Connection_WithoutAnyMark_GetsNothing() => Assert.False(await IsLetInAsync(Enroll, null));
}
