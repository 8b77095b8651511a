using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Uptrakit.Qu.Control;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>One node: a real <c>qu</c> process with a data folder, a control socket and a port of its own.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private readonly LoggedProcess process;
    private readonly string scratch;
    private readonly string? networkNamespace;
    private GrpcChannel? channel;
    private NodeId? nodeId;

    /// <param name="scratch">A folder that is this node's alone.</param>
    /// <param name="name">For people.</param>
    /// <param name="host">The address it binds and advertises.</param>
    /// <param name="networkNamespace">The network namespace that its processes run in; null: ours.</param>
    public TestNode(string scratch, string name, string host = "127.0.0.1", string? networkNamespace = null)
    {
        this.scratch = scratch;
        this.networkNamespace = networkNamespace;
        process = new LoggedProcess(name);
        Name = name;
        Host = host;
        Port = Ports.Free();
        System.IO.Directory.CreateDirectory(scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Name { get; }

    public string Host { get; }

    public int Port { get; }

    public string Advertise => $"{Host}:{Port}";

    public string Folder => Path.Combine(scratch, "data");

    public string Socket => Path.Combine(scratch, "run", "qu.sock");

    public string ClusterFile => Path.Combine(Folder, "cluster.yaml");

    /// <summary>More variables for its processes.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>A program and its arguments that start the daemon, such as one that gives it a view of its own on the disks.</summary>
    public IReadOnlyList<string> Wrapper { get; set; } = [];

    public int ProcessId => process.Id;

    public bool Runs => process.Runs;

    /// <summary>What the daemon wrote to its log, oldest first.</summary>
    public IEnumerable<string> Log => process.Log;

    public NodeId NodeId => nodeId ??= ReadNodeId();

    /// <summary>The node's key, as whoever has its data folder has it. The caller disposes it.</summary>
    public NodeIdentity LoadIdentity() =>
        NodeIdentity.TryLoad(Path.Combine(Folder, "keys"), NodeId, out NodeIdentity? identity, out string? fault)
            ? identity
            : throw new InvalidOperationException(fault);

    /// <summary>The generated client at the control socket.</summary>
    public Control.ControlClient Control => new(channel ??= ControlChannel.Open(Socket));

    public override string ToString() => Name;

    /// <summary>Runs <c>qu</c> as this node's operator does.</summary>
    public Task<Ran> RunAsync(CancellationToken cancel, params string[] arguments) => Ran.OfAsync(CommandLine(arguments), cancel);

    public Task<Ran> InitAsync(CancellationToken cancel) => RunAsync(cancel, ["init", .. Place()]);

    /// <summary>Redeems a token from this node's data folder.</summary>
    /// <remarks>4 is no answer yet: on a machine that is busy otherwise, as in the field, the same command is run again.</remarks>
    public async Task<Ran> JoinAsync(string token, CancellationToken cancel)
    {
        Ran ran = await RunAsync(cancel, ["enroll", "join", token, "-y", .. Place()]);
        for (int attempt = 0; attempt < 5 && ran.ExitCode == 4; attempt++)
            ran = await RunAsync(cancel, ["enroll", "join", token, "-y", .. Place()]);
        return ran;
    }

    /// <summary>Starts the daemon and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        Launch();
        await process.UntilAsync($"{Name} answers", async _ =>
        {
            await StatusAsync(cancel);
            return true;
        }, StartTime, cancel);
    }

    /// <summary>Starts the daemon without waiting for anything.</summary>
    public void Launch() => process.Launch(CommandLine(["serve"], Wrapper));

    public async Task<StatusReply> StatusAsync(CancellationToken cancel) =>
        await Control.StatusAsync(new StatusRequest(), deadline: Deadlines.In(5), cancellationToken: cancel);

    /// <summary>Like a power cut for the process: nothing is flushed or said goodbye to.</summary>
    public Task Kill9Async(CancellationToken cancel) => process.Kill9Async(cancel);

    /// <summary>As the service manager stops it.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync(CancellationToken cancel) => process.StopAsync(cancel);

    public Task<int> WaitForExitAsync(CancellationToken cancel) => process.WaitForExitAsync(cancel);

    public void Pause() => process.Pause();

    public void Continue() => process.Continue();

    /// <summary>The end of the log.</summary>
    public string Tail(int lines = 60) => process.Tail(lines);

    /// <summary>Ends it at once, and leaves no process behind.</summary>
    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        channel?.Dispose();
    }

    /// <summary>How this node's operator would type a command, for tests that type.</summary>
    public string Typed(params string[] arguments)
    {
        ProcessStartInfo start = CommandLine(arguments);
        IEnumerable<string> words = [$"QUPTIME_DIR={Folder}", $"QUPTIME_SOCKET={Socket}", start.FileName, .. start.ArgumentList];
        return $"env {string.Join(' ', words.Select(static word => $"'{word}'"))}";
    }

    private string[] Place() => ["--advertise", Advertise, "--bind", Host, "--port", $"{Port}"];

    private ProcessStartInfo CommandLine(string[] arguments, params IReadOnlyList<string> wrapper)
    {
        string? given = Environment.GetEnvironmentVariable("QU");
        string[] program = given is { Length: > 0 } ? [given] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "qu.dll")];
        string[] whole = networkNamespace is null
            ? [.. wrapper, .. program, .. arguments]
            : ["ip", "netns", "exec", networkNamespace, .. program, .. arguments];
        ProcessStartInfo start = new(whole[0], whole[1..]) { WorkingDirectory = scratch };
        foreach (string name in start.Environment.Keys.Where(static n => n.StartsWith("QUPTIME_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment.Remove("JOURNAL_STREAM");
        start.Environment["QUPTIME_DIR"] = Folder;
        start.Environment["QUPTIME_SOCKET"] = Socket;
        foreach ((string name, string value) in Variables)
            start.Environment[name] = value;
        return start;
    }

    private NodeId ReadNodeId()
    {
        string line = File.ReadLines(Path.Combine(Folder, "node.yaml")).First(static l => l.StartsWith("node_id:", StringComparison.Ordinal));
        return NodeId.TryParse(line["node_id:".Length..].Trim().Trim('"'), out NodeId? id)
            ? id
            : throw new InvalidOperationException($"'{line}' holds no NodeID");
    }
}
