using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Uptrakit.Hosting;
using Uptrakit.Qu.Control;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>The daemon behind its unix socket. Every call has a deadline.</summary>
internal sealed class DaemonClient : IDisposable
{
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ChangeDeadline = TimeSpan.FromSeconds(20);

    // All members must pin the new key before the old one is dropped, and an alert's receiver has deadlines of its own.
    private static readonly TimeSpan LongDeadline = TimeSpan.FromSeconds(60);

    // 10,000 checks in one answer are about 3 MB; the usual limit is 4.
    private const int LargestAnswer = 64 * 1024 * 1024;

    private const int WindowSize = 4 * 1024 * 1024;

    private readonly GrpcChannel channel;
    private readonly Control.Control.ControlClient control;

    private DaemonClient(string socket)
    {
        SocketsHttpHandler handler = new()
        {
            // A proxy from the environment must not be asked about a socket of this machine.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            // A large answer comes in one go: nobody but our own daemon sends on this socket.
            InitialHttp2StreamWindowSize = WindowSize,
            ConnectCallback = (_, cancel) => ControlSocket.ConnectAsync(socket, cancel),
        };
        channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestAnswer,
        });
        control = new Control.Control.ControlClient(channel);
    }

    /// <summary>Null when no socket can have such a path. Nothing is connected yet.</summary>
    internal static DaemonClient? Open(string socket) =>
        ControlSocket.CanBe(socket) ? new DaemonClient(socket) : null;

    /// <param name="votesOf">Checks whose votes are wanted one by one.</param>
    /// <param name="cancel">Ends the wait.</param>
    internal Task<StatusReply> StatusAsync(CancellationToken cancel, params IEnumerable<string> votesOf) =>
        StatusAsync(new StatusRequest { VotesOf = { votesOf } }, cancel);

    internal Task<StatusReply> StatusAsync(StatusRequest request, CancellationToken cancel) =>
        control.StatusAsync(request, Within(ReadDeadline, cancel)).ResponseAsync;

    internal Task<HistoryReply> HistoryAsync(HistoryRequest request, CancellationToken cancel) =>
        control.HistoryAsync(request, Within(ReadDeadline, cancel)).ResponseAsync;

    internal Task<OutagesReply> OutagesAsync(OutagesRequest request, CancellationToken cancel) =>
        control.OutagesAsync(request, Within(ReadDeadline, cancel)).ResponseAsync;

    internal Task<ReadReply> ReadAsync(ReadRequest request, CancellationToken cancel) =>
        control.ReadAsync(request, Within(ReadDeadline, cancel)).ResponseAsync;

    /// <summary>Proposes one change. Its id is drawn here, so that the daemon may repeat it without doing it twice.</summary>
    internal Task<ChangeReply> ChangeAsync(Change change, CancellationToken cancel)
    {
        change.Id = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));
        return control.ChangeAsync(new ChangeRequest { Command = change }, Within(ChangeDeadline, cancel)).ResponseAsync;
    }

    internal Task<CreateEnrollmentReply> CreateEnrollmentAsync(CreateEnrollmentRequest request, CancellationToken cancel) =>
        control.CreateEnrollmentAsync(request, Within(ChangeDeadline, cancel)).ResponseAsync;

    internal Task<ListTrustReply> ListTrustAsync(CancellationToken cancel) =>
        control.ListTrustAsync(new ListTrustRequest(), Within(ReadDeadline, cancel)).ResponseAsync;

    internal Task<ChangeReply> RemoveTrustAsync(string nodeId, CancellationToken cancel) =>
        control.RemoveTrustAsync(new RemoveTrustRequest { NodeId = nodeId }, Within(ChangeDeadline, cancel)).ResponseAsync;

    internal Task<RotateKeyReply> RotateKeyAsync(string keyType, CancellationToken cancel) =>
        control.RotateKeyAsync(new RotateKeyRequest { KeyType = keyType }, Within(LongDeadline, cancel)).ResponseAsync;

    internal Task<TestAlertReply> TestAlertAsync(string idOrName, CancellationToken cancel) =>
        control.TestAlertAsync(new TestAlertRequest { Id = idOrName }, Within(LongDeadline, cancel)).ResponseAsync;

    internal Task<TestCheckReply> TestCheckAsync(string idOrName, string state, CancellationToken cancel) =>
        control.TestCheckAsync(new TestCheckRequest { Id = idOrName, State = state }, Within(LongDeadline, cancel)).ResponseAsync;

    public void Dispose() => channel.Dispose();

    private static CallOptions Within(TimeSpan deadline, CancellationToken cancel) =>
        new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + deadline, cancellationToken: cancel);
}
