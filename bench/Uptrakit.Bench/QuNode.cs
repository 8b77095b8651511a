using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Bench;

/// <summary>One real node of `qu`, spoken to over its control socket.</summary>
internal sealed class QuNode : IDisposable
{
    private static readonly TimeSpan CommandTime = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, string> variables;
    private readonly GrpcChannel channel;
    private readonly Control.ControlClient control;
    private readonly int port;
    private readonly int web = Places.FreePorts(1)[0];

    public QuNode(Places places, string name, int port)
    {
        this.port = port;
        string socket = Path.Combine(places.Sockets, name, "qu.sock");
        variables = new() { ["QUPTIME_DIR"] = Path.Combine(places.Root, name), ["QUPTIME_SOCKET"] = socket, ["DOTNET_TieredPGO"] = "0" };
        Web = new($"http://127.0.0.1:{web}");
        Process = new(Places.Qu, ["serve"], Path.Combine(places.Root, name + ".log"), variables);
        channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = (_, cancel) => ConnectAsync(socket, cancel) },
            DisposeHttpClient = true,
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(20),
            MaxReconnectBackoff = TimeSpan.FromMilliseconds(100),
            MaxReceiveMessageSize = 64 * 1024 * 1024,
        });
        control = new(channel);
    }

    public Child Process { get; }

    /// <summary>Where its pages are, if <see cref="ServesPages"/> was called before it started.</summary>
    public Uri Web { get; }

    public void ServesPages() => variables["QUPTIME_HTTP"] = Web.Authority;

    public Task InitAsync() => RunAsync("init", null, "--advertise", $"127.0.0.1:{port}", "--bind", "127.0.0.1", "--port", $"{port}");

    public async Task JoinAsync(QuNode member)
    {
        string token = await member.RunAsync("enroll", null, "create", "--auto-approve");
        await RunAsync("enroll", token, "join", "-", "--advertise", $"127.0.0.1:{port}", "--bind", "127.0.0.1", "--port", $"{port}", "-y");
    }

    /// <summary>One command line, from its start to its end; its standard output.</summary>
    public async Task<string> RunAsync(string verb, string? input, params string[] arguments)
    {
        ProcessStartInfo start = new(Places.Qu) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in (string[])[verb, .. arguments])
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        using Process process = System.Diagnostics.Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using CancellationTokenSource deadline = new(CommandTime);
        Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        string words = await process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"qu {verb}: {words}");
    }

    /// <summary>Null: it does not answer.</summary>
    public async Task<StatusReply?> StatusAsync()
    {
        try
        {
            return Process.Running ? await control.StatusAsync(new StatusRequest(), deadline: After(2)) : null;
        }
        catch (RpcException)
        {
            return null;
        }
    }

    /// <summary>One change; false when the cluster did not confirm it.</summary>
    public async Task<bool> ChangeAsync(Command command)
    {
        command.Id = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));
        try
        {
            ChangeReply reply = await control.ChangeAsync(new ChangeRequest { Command = command }, deadline: After(15));
            return reply.Outcome is null or { Status: OutcomeStatus.Done }
                ? reply.Outcome is not null
                : throw new InvalidOperationException(reply.Outcome.Message);
        }
        catch (RpcException)
        {
            return false;
        }
    }

    public async Task<IReadOnlyList<Check>> ChecksAsync() =>
        (await control.ReadAsync(new ReadRequest { Checks = true, Fresh = true }, deadline: After(10))).Checks;

    public void Dispose()
    {
        Process.Dispose();
        channel.Dispose();
    }

    private static DateTime After(double seconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds);

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
