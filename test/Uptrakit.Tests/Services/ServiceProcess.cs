using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;

namespace Uptrakit.Tests.Services;

/// <summary>Runs of `uptrakit-agent` in this process, on one state folder, with a clock that the test moves.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ScratchFolder folder = new();
    private CancellationTokenSource stop = new();

    public FakeTimeProvider Clock { get; } = new(TestCa.Now);

    public string State => folder["state"];

    public string Scratch(string name) => folder[name];

    public Dictionary<string, string> Variables { get; } = [];

    public TestLog Log { get; private set; } = new();

    public string Out { get; set; } = "";

    public string Error { get; private set; } = "";

    public double Luck { get; set; }

    /// <summary>A file with the roots of the host; without one it has none.</summary>
    public string? Roots { get; set; }

    public HostFacts Facts { get; set; } = new() { Hostname = "host" };

    public Task<int> Running { get; private set; } = Task.FromResult(0);

    public string StateText => File.ReadAllText(Path.Combine(State, "service.json"));

    public bool HasState => File.Exists(Path.Combine(State, "service.json"));

    /// <summary>Starts a run; it goes on until it ends or is stopped.</summary>
    public Task<int> Start(params string[] arguments) => Start("", arguments);

    public Task<int> Start(string input, string[] arguments)
    {
        stop = new CancellationTokenSource();
        Log = new TestLog();
        StringWriter output = new();
        StringWriter error = new();
        ServiceEnvironment environment = new()
        {
            Terminal = new Terminal("uptrakit-agent", new StringReader(input), output, error, interactive: false, colour: false),
            Variable = name => Variables.GetValueOrDefault(name),
            Clock = Clock,
            Random = () => Luck,
            Facts = () => Facts.Clone(),
            Roots = () => NativeRoots.Load(name => name == "SSL_CERT_FILE" ? Roots : null, []),
            Loggers = _ => LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddProvider(Log)),
        };
        ServiceProfile profile = new("uptrakit-agent", ServiceKind.Agent, "test");
        Variables.TryAdd("UPTRAKIT_STATE_DIR", State);
        // Nothing of the machine that runs the tests plays a part.
        Variables.TryAdd("HOME", folder.Path);
        return Running = Task.Run(async () =>
        {
            int exit = await ServiceCommandLine.RunAsync(profile, arguments, environment, stop.Token);
            (Out, Error) = (output.ToString(), error.ToString());
            return exit;
        });
    }

    public async Task<ExitCode> RunAsync(params string[] arguments) => (ExitCode)await Start(arguments).WaitAsync(Patience);

    /// <summary>Waits for the end that comes by itself, moving the clock.</summary>
    public async Task<ExitCode> EndAsync()
    {
        await UntilAsync("the process ends", () => Running.IsCompleted);
        return (ExitCode)await Running;
    }

    public async Task<ExitCode> StopAsync()
    {
        await stop.CancelAsync();
        return (ExitCode)await Running.WaitAsync(Patience);
    }

    /// <summary>
    /// Moves the clock, a little at each look, until it is so. Larger steps are for long pauses: deadlines of what really happens
    /// meanwhile, a handshake on a busy machine, are by this clock too.
    /// </summary>
    public async Task UntilAsync(string what, Func<bool> isSo, TimeSpan? step = null)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Patience)
                throw new TimeoutException($"waited in vain until {what}\n{Log.Text}\n{Error}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
            Clock.Advance(step ?? TimeSpan.FromMilliseconds(100));
        }
    }

    public async Task ConnectedAsync(FakeController controller, int streams = 1, TimeSpan? step = null)
    {
        await UntilAsync($"{streams} streams were opened", () => controller.Streams.Count >= streams || Running.IsCompleted, step);
        await UntilAsync("it was welcomed", () => Log.Text.Contains("Connected to Controller", StringComparison.Ordinal) || Running.IsCompleted);
    }

    public void Dispose()
    {
        stop.Cancel();
        folder.Dispose();
    }
}

/// <summary>What was logged.</summary>
internal sealed class TestLog : ILoggerProvider, ILogger
{
    private readonly List<(LogLevel Level, string Text)> lines = [];

    public string Text
    {
        get
        {
            lock (lines)
                return string.Join('\n', lines.Select(line => $"{line.Level}: {line.Text}"));
        }
    }

    public IReadOnlyList<string> At(LogLevel level)
    {
        lock (lines)
            return [.. lines.Where(line => line.Level == level).Select(line => line.Text)];
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (lines)
            lines.Add((logLevel, formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}
