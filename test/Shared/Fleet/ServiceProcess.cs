using System.Text.Json;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.Tests.Shared.Fleet;

/// <summary>A real <c>uptrakit-agent</c> (or another Service) with a state folder of its own.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly LoggedProcess process;
    private readonly string scratch;
    private readonly string program;

    public ServiceProcess(string scratch, string program = "uptrakit-agent")
    {
        this.scratch = scratch;
        this.program = program;
        process = new LoggedProcess(program);
        Directory.CreateDirectory(scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Folder => Path.Combine(scratch, "state");

    public string StateFile => Path.Combine(Folder, "service.json");

    public string KeyFile => Path.Combine(Folder, "service.key");

    public bool Runs => process.Runs;

    public int ProcessId => process.Id;

    public IEnumerable<string> Log => process.Log;

    /// <summary>service.json as it is now.</summary>
    public JsonElement State()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(StateFile));
        return document.RootElement.Clone();
    }

    /// <summary>Starts it without waiting for anything.</summary>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="options">Its options, beside its state folder.</param>
    public void Launch(string? input, params string[] options) =>
        process.Launch(Executable.Start(program, scratch, [.. options, "--state-dir", Folder]), input);

    /// <summary>Runs it to its end, for starts that are to be refused and for commands.</summary>
    public async Task<Ran> RunAsync(string? input, CancellationToken cancel, params string[] options)
    {
        Launch(input, options);
        int code = await WaitForExitAsync(cancel);
        return new Ran(code, "", Tail());
    }

    public Task SaysAsync(string words, CancellationToken cancel) => process.UntilAsync(
        $"{program} says '{words}'",
        _ => Task.FromResult(Log.Any(line => line.Contains(words, StringComparison.Ordinal))), Soon, cancel);

    public async Task<int> WaitForExitAsync(CancellationToken cancel)
    {
        await Until.TrueAsync($"{program} ends:\n{Tail()}", () => !Runs, Soon, cancel);
        return await process.WaitForExitAsync(cancel);
    }

    public Task<int> StopAsync(CancellationToken cancel) => process.StopAsync(cancel);

    public Task Kill9Async(CancellationToken cancel) => process.Kill9Async(cancel);

    public string Tail(int lines = 60) => process.Tail(lines);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
