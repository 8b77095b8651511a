using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.EndToEnd;

/// <summary>What somebody with an unknown key can do at the port of a node: ask to be enrolled, in few bytes, and nothing else.</summary>
[Collection(nameof(MemberCluster))]
public sealed class StrangerTests(SharedCluster shared) : ClusterTest(shared)
{
    private const int Claimed = 8 * 1024 * 1024;

    // Flow control lets this much of a body leave before the answer is there; it is read by nobody.
    private const int FlowWindow = 1024 * 1024;

    private static readonly Marshaller<byte[]> Bytes = new(static b => b, static b => b);

    public static TheoryData<string> Methods()
    {
        TheoryData<string> methods = [];
        foreach (ServiceDescriptor service in PeersReflection.Descriptor.Services.Concat(ControlReflection.Descriptor.Services))
        {
            foreach (MethodDescriptor method in service.Methods.Where(static m => m.Name != "Enroll"))
                methods.Add($"{service.FullName}/{method.Name}");
        }

        return methods;
    }

    [Fact]
    public async Task UnknownKey_CallsEveryMethod_IsRefused()
    {
        using NodeIdentity stranger = Enrolling.NewKey();
        foreach (TestNode node in Cluster.Nodes)
        {
            using PeerCaller caller = new(stranger, node, "127.0.4.1");
            foreach (string method in Methods().Select(static m => m.Data))
                Assert.Equal((method, StatusCode.Unauthenticated), (method, await CallAsync(caller, method)));
        }
    }

    [Fact]
    public async Task MembersKey_CallsControlOverThePort_IsRefused()
    {
        using NodeIdentity member = Followers[0].LoadIdentity();
        using PeerCaller caller = new(member, Leader, "127.0.4.2");

        foreach (string method in Methods().Select(static m => m.Data).Where(static m => m.Contains("control", StringComparison.Ordinal)))
            Assert.Equal((method, StatusCode.Unauthenticated), (method, await CallAsync(caller, method)));
    }

    [Fact]
    public async Task UnknownKey_Enrolls_IsAnswered()
    {
        using NodeIdentity stranger = Enrolling.NewKey();
        using PeerCaller caller = new(stranger, Leader, "127.0.4.3");

        EnrollReply reply = await caller.Enrollment.EnrollAsync(
            new EnrollRequest { TokenId = "e-0123456789abcdef", Nonce = Google.Protobuf.ByteString.CopyFrom(new byte[32]), NodeId = stranger.NodeId.ToString() },
            deadline: Deadlines.In(10), cancellationToken: Cancel);

        Assert.Equal(RefusalReason.TokenUnknown, reply.Outcome.Reason);
        Assert.Empty(reply.Peers);
        Assert.Empty(reply.ClusterId);
    }

    [Fact]
    public async Task UnknownKey_SpeaksToTheEngine_IsCutOff()
    {
        using NodeIdentity stranger = Enrolling.NewKey();
        await using Stream connection = await PeerCaller.ConnectAsync(new DnsEndPoint(Leader.Host, Leader.Port), "127.0.4.4", Cancel);
        await using SslStream tls = new(connection);
        await tls.AuthenticateAsClientAsync(PeerTls.ClientOptions(PeerTls.ContextOf(stranger), PeerProtocol.Engine, static leaf => leaf is not null), Cancel);

        int read;
        try
        {
            read = await tls.ReadAsync(new byte[1], Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(5), Cancel);
        }
        catch (IOException)
        {
            read = 0;
        }

        Assert.Equal(0, read);
    }

    [Theory]
    [InlineData("uptrakit.quorum.peers.Enrollment/Enroll", StatusCode.ResourceExhausted)]
    [InlineData("uptrakit.quorum.peers.Peers/Propose", StatusCode.Unauthenticated)]
    public async Task UnknownKey_SendsALargeMessage_IsRefusedBeforeItIsRead(string method, StatusCode expected)
    {
        using NodeIdentity stranger = Enrolling.NewKey();
        using HttpClient http = new(PeerCaller.HandlerOf(stranger, "127.0.4.5"));
        using CountedMessage message = new(Claimed);
        using HttpRequestMessage request = new(HttpMethod.Post, $"https://{Leader.Advertise}/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = message,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));

        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel)
            .WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        await response.Content.ReadAsByteArrayAsync(Cancel);

        string? status = Find(response.Headers) ?? Find(response.TrailingHeaders);
        Assert.Equal(((int)expected).ToString(System.Globalization.CultureInfo.InvariantCulture), status);
        Assert.True(message.Sent < FlowWindow, $"{message.Sent} bytes of {Claimed} were taken from a stranger");
    }

    private static string? Find(HttpResponseHeaders headers) => headers.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values.First() : null;

    private static async Task<StatusCode> CallAsync(PeerCaller caller, string method)
    {
        string[] parts = method.Split('/');
        Method<byte[], byte[]> call = new(MethodType.Unary, parts[0], parts[1], Bytes, Bytes);
        try
        {
            await caller.Invoker.AsyncUnaryCall(call, null, new CallOptions(deadline: Deadlines.In(10), cancellationToken: Cancel), []);
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }

    /// <summary>A gRPC message that says how long it is, and then comes in small pieces.</summary>
    private sealed class CountedMessage : HttpContent
    {
        private readonly int claimed;
        private long sent;

        public CountedMessage(int claimed)
        {
            this.claimed = claimed;
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        public long Sent => Volatile.Read(ref sent);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            byte[] piece = new byte[16 * 1024];
            byte[] prefix = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), claimed);
            await stream.WriteAsync(prefix, Cancel);
            await stream.FlushAsync(Cancel);
            for (int left = claimed; left > 0; left -= piece.Length)
            {
                await stream.WriteAsync(piece, Cancel);
                await stream.FlushAsync(Cancel);
                Interlocked.Add(ref sent, piece.Length);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
