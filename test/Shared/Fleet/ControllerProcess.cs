using System.Text.Json;
using Grpc.Net.Client;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.Tests.Shared.Fleet;

/// <summary>A real <c>uptrakit-controller</c> with a state folder and a port of its own.</summary>
internal sealed class ControllerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(3);
    private readonly LoggedProcess process = new("uptrakit-controller");
    private readonly string scratch;
    private readonly GrpcChannel control;
    private int starts;

    public ControllerProcess(string scratch)
    {
        this.scratch = scratch;
        Port = Ports.Free();
        Directory.CreateDirectory(scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        control = ControlChannel.Open(Path.Combine(Folder, "control.sock"));
    }

    public int Port { get; }

    /// <summary>As Services are told where it is.</summary>
    public string Url => $"https://localhost:{Port}";

    public string Folder => Path.Combine(scratch, "state");

    public bool Runs => process.Runs;

    public IEnumerable<string> Log => process.Log;

    public int ProcessId => process.Id;

    /// <summary>Starts it and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken cancel, params string[] options)
    {
        starts++;
        process.Launch(Executable.Start("uptrakit-controller", scratch,
            ["serve", "--state-dir", Folder, "--https-addr", $"127.0.0.1:{Port}", .. options]));
        try
        {
            await AnsweringAsync(cancel);
        }
        catch
        {
            // Started in a test's set-up, it would outlive the test: nothing is disposed of what was not set up.
            await process.Kill9Async(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Waits until it says something.</summary>
    public Task SaysAsync(string words, CancellationToken cancel) => process.UntilAsync(
        $"the Controller says '{words}'", _ => Task.FromResult(Log.Any(line => line.Contains(words, StringComparison.Ordinal))), StartTime, cancel);

    /// <summary>Runs <c>uptrakit-controller admin …</c> as its operator does.</summary>
    public Task<Ran> AdminAsync(CancellationToken cancel, params string[] arguments) =>
        Ran.OfAsync(Executable.Start("uptrakit-controller", scratch, ["admin", .. arguments, "--state-dir", Folder]), cancel);

    /// <summary>The fingerprint of its root, 64 lower-case hex digits.</summary>
    public async Task<string> FingerprintAsync(CancellationToken cancel) =>
        (await CertificatesAsync(cancel)).GetProperty("fingerprint").GetString()!;

    /// <summary>What it says of its CAs.</summary>
    public async Task<JsonElement> CertificatesAsync(CancellationToken cancel)
    {
        using JsonDocument certificates = JsonDocument.Parse((await Control.CertificatesAsync(new Nothing(), cancellationToken: cancel)).Json);
        return certificates.RootElement.Clone();
    }

    /// <summary>A new token, secret included, with its pin and address where nothing else is asked for.</summary>
    public async Task<string> TokenAsync(CancellationToken cancel, bool pin = true, int uses = 1, string capability = "agent")
    {
        CreateEnrollmentTokenRequest asked = new(Capabilities: [capability], Uses: uses, Pin: pin);
        ApiText answer = await Control.CreateEnrollmentTokenAsync(
            new ApiText { Json = JsonSerializer.Serialize(asked, ApiJson.Default.CreateEnrollmentTokenRequest) }, cancellationToken: cancel);
        return JsonSerializer.Deserialize(answer.Json, ApiJson.Default.CreatedEnrollmentToken)!.Token;
    }

    /// <summary>What it says of its Services.</summary>
    public async Task<IReadOnlyList<JsonElement>> ServicesAsync(CancellationToken cancel)
    {
        using JsonDocument list = JsonDocument.Parse((await Control.ListServicesAsync(new Nothing(), cancellationToken: cancel)).Json);
        return [.. list.RootElement.GetProperty("items").EnumerateArray().Select(static item => item.Clone())];
    }

    /// <summary>Waits until so many Services are connected.</summary>
    public Task ConnectedAsync(int count, CancellationToken cancel) => process.UntilAsync($"{count} Services are connected", async token =>
        (await ServicesAsync(token)).Count(static s => s.GetProperty("connected").GetBoolean()) == count, StartTime, cancel);

    /// <summary>What it says of one of them.</summary>
    public async Task<JsonElement> ServiceAsync(string id, CancellationToken cancel) =>
        (await ServicesAsync(cancel)).Single(service => service.GetProperty("id").GetString() == id);

    public Task<int> StopAsync(CancellationToken cancel) => process.StopAsync(cancel);

    public Task Kill9Async(CancellationToken cancel) => process.Kill9Async(cancel);

    public string Tail(int lines = 60) => process.Tail(lines);

    public async ValueTask DisposeAsync()
    {
        control.Dispose();
        await process.DisposeAsync();
    }

    private Admin.AdminClient Control => new(control);

    private async Task AnsweringAsync(CancellationToken cancel)
    {
        await process.UntilAsync("the Controller serves", _ => Task.FromResult(
            Log.Count(static line => line.Contains("serves at https://", StringComparison.Ordinal)) >= starts), StartTime, cancel);
        // The first request after a start costs seconds of processor time; on a busy machine it outlasts the deadline of who asks.
        await process.UntilAsync("the Controller answers", async token => (await FingerprintAsync(token)).Length > 0, StartTime, cancel);
    }
}
