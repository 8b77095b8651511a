using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.EndToEnd;

/// <summary>Strangers who want to be a nuisance, from another address than the members'.</summary>
public sealed class FloodTests(SharedCluster shared) : ClusterTest(shared)
{
    private const string From = "127.0.0.2";

    [Fact]
    public async Task Strangers_HoldingAndOpeningConnections_DoNotDisturbMembers()
    {
        StatusReply before = await Leader.StatusAsync(Cancel);
        using NodeIdentity stranger = Enrolling.NewKey();
        List<SslStream> held = [];
        try
        {
            await HoldAsync(stranger, held, 300);
            Task flood = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => KnockAsync(250)));
            for (int i = 0; i < 5; i++)
                await IsAcceptedAsync(Cluster.Nodes[i % 3]);
            await flood;
            await IsAcceptedAsync(Followers[0]);

            StatusReply after = await Leader.StatusAsync(Cancel);
            Assert.Equal((before.Master, before.Term, true), (after.Master, after.Term, after.Quorum));
            Assert.All(after.Peers, static p => Assert.True(p.Live, $"{p.NodeId} is missed"));
        }
        finally
        {
            foreach (SslStream stream in held)
                await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task Strangers_OfOneAddress_MayHoldFewConnections()
    {
        using NodeIdentity stranger = Enrolling.NewKey();
        List<SslStream> held = [];
        try
        {
            await HoldAsync(stranger, held, 60);
            // Those over the limit were turned away before the handshake.
            Assert.InRange(held.Count, 1, 30);
        }
        finally
        {
            foreach (SslStream stream in held)
                await stream.DisposeAsync();
        }
    }

    private static async Task IsAcceptedAsync(TestNode at)
    {
        ChangeReply reply = await TestCluster.ChangeAsync(at, Make.IdleCheck(Make.Name("flooded")), Cancel);
        Assert.Equal(OutcomeStatus.Done, reply.Outcome?.Status);
    }

    /// <summary>TLS connections that then say nothing; those that are let in are kept.</summary>
    private async Task HoldAsync(NodeIdentity stranger, List<SslStream> held, int count)
    {
        SslStreamCertificateContext context = PeerTls.ContextOf(stranger);
        for (int i = 0; i < count; i++)
        {
            SslStream? tls = null;
            try
            {
                Stream stream = await PeerCaller.ConnectAsync(new DnsEndPoint(Leader.Host, Leader.Port), From, Cancel);
                tls = new SslStream(stream);
                await tls.AuthenticateAsClientAsync(PeerTls.ClientOptions(context, SslApplicationProtocol.Http2, static leaf => leaf is not null), Cancel);
                held.Add(tls);
            }
            catch (Exception refused) when (refused is IOException or SocketException)
            {
                if (tls is not null)
                    await tls.DisposeAsync();
            }
        }
    }

    /// <summary>Connections that are opened and dropped.</summary>
    private async Task KnockAsync(int times)
    {
        for (int i = 0; i < times; i++)
        {
            try
            {
                await using Stream stream = await PeerCaller.ConnectAsync(new DnsEndPoint(Leader.Host, Leader.Port), From, Cancel);
                await stream.WriteAsync(new byte[] { 22, 3, 1 }, Cancel);
            }
            catch (Exception refused) when (refused is IOException or SocketException)
            {
                // Turned away.
            }
        }
    }
}
