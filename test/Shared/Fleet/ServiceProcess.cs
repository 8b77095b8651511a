using System.Diagnostics;
using System.Text.Json;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.Tests.Shared.Fleet;

/// <summary>A real <c>uptrakit-agent</c> (or another Service) with a state folder of its own.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);
    private readonly LoggedProcess process;
    private readonly string scratch;
    private readonly string program;
    private int begun;

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

    /// <summary>What the present run, or the last one, has said.</summary>
    public IEnumerable<string> Log => process.Log.Skip(begun);

    /// <summary>Variables of its next runs.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>The names that it knows; null for those of the machine.</summary>
    public HostsFile? Hosts { get; set; }

    /// <summary>service.json as it is now.</summary>
    public JsonElement State()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(StateFile));
        return document.RootElement.Clone();
    }

    /// <summary>Starts it without waiting for anything.</summary>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="options">Its options, beside its state folder.</param>
    public void Launch(string? input, params string[] options)
    {
        begun = process.Log.Count();
        ProcessStartInfo start = Executable.Start(program, scratch, [.. options, "--state-dir", Folder]);
        foreach ((string name, string value) in Variables)
            start.Environment[name] = value;
        Hosts?.GiveTo(start);
        process.Launch(start, input);
    }

    /// <summary>Runs it to its end, for starts that are to be refused and for commands.</summary>
    public async Task<Ran> RunAsync(string? input, CancellationToken cancel, params string[] options)
    {
        Launch(input, options);
        int code = await WaitForExitAsync(cancel);
        return new Ran(code, "", string.Join('\n', Log));
    }

    /// <summary>Waits until the present run has said it so often.</summary>
    public Task SaysAsync(string words, CancellationToken cancel, int times = 1) => process.UntilAsync(
        $"{program} says '{words}'", _ => Task.FromResult(Said(words) >= times), Soon, cancel);

    /// <summary>How many lines of the present run hold it.</summary>
    public int Said(string words) => Log.Count(line => line.Contains(words, StringComparison.Ordinal));

    public Task ConnectedAsync(CancellationToken cancel, int times = 1) => SaysAsync("Connected to Controller", cancel, times);

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
