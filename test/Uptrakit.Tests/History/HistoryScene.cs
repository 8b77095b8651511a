using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.History;

/// <summary>A replicated state with some checks, and a history that follows it and can be killed and started again.</summary>
internal sealed class HistoryScene : IDisposable
{
    public const string Member = "0b9f3c52-7a38-4f51-9a6e-3d8f2f6f3a01";
    public static readonly DateTimeOffset Begin = new(2026, 11, 28, 10, 0, 0, TimeSpan.Zero);
    private readonly ScratchFolder scratch = new();
    private readonly List<(long Index, Command Command)> log = [];
    private long index;

    public HistoryScene(Func<HistoryOptions, HistoryOptions>? options = null)
    {
        Options = new() { Path = scratch["history.db"] };
        Options = options?.Invoke(Options) ?? Options;
        Start();
        Apply(new Command { Found = new Found { ClusterId = "cluster-1", Peer = new Peer { NodeId = Member, Role = Role.Voter } } });
    }

    public HistoryOptions Options { get; }

    public FakeTimeProvider Clock { get; } = new(Begin);

    public StateStore Store { get; private set; } = new();

    public NodeHistory History { get; private set; } = null!;

    public HistoryReader Reader => History.Reader;

    public List<string> Lines { get; } = [];

    public string Folder => scratch.Path;

    public void Dispose()
    {
        History.Dispose();
        scratch.Dispose();
    }

    public string Check(string name)
    {
        Check check = new() { Name = name, Type = CheckType.Http, Enabled = true, Target = "https://example.org/", IntervalMs = 30_000, TimeoutMs = 10_000 };
        return Apply(new Command { PutCheck = new PutCheck { Check = check } }).Id;
    }

    public void Flip(string id, CheckState to, string detail = "") => Apply(new Command
    {
        Transition = new Transition { CheckId = id, From = Store.State.StatusOf(id).State, To = to, Detail = detail },
    });

    public Outcome Apply(Command command)
    {
        Command stamped = command.Clone();
        stamped.Id = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
        stamped.Proposer = Member;
        stamped.AtMs = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        log.Add((++index, stamped));
        return Store.Apply(index, 1, stamped);
    }

    public void Record(string id, ProbeGrade grade = ProbeGrade.Up, double ms = 10) => History.Record(id, grade, TimeSpan.FromMilliseconds(ms), "");

    /// <summary>Time passes, and the history takes its steps in it.</summary>
    public void Pass(TimeSpan time)
    {
        Clock.Advance(time);
        for (int i = 0; i < 3; i++)
            History.Step();
    }

    /// <summary>As after kill -9: what is in memory is lost, and the log is read again from its begin.</summary>
    public void Crash() => Restart(static store => { });

    /// <summary>The log begins with a snapshot of all that there is.</summary>
    public void CrashAndLoadSnapshot()
    {
        AppliedState snapshot = new(index, 1, ClusterState.FromSnapshot(Store.State.ToSnapshot()));
        log.Clear();
        Restart(store => store.Replace(snapshot));
    }

    public void Stop()
    {
        History.Step(last: true);
        Crash();
    }

    public List<string> Kept() => [.. Directory.GetFiles(Folder, "history.db.unusable-*")];

    private void Restart(Action<StateStore> load)
    {
        History.Dispose();
        Store = new();
        Start();
        load(Store);
        foreach ((long at, Command command) in log)
            Store.Apply(at, 1, command);
    }

    private void Start() => History = new(Options, Store, Clock, new Lister(Lines));

    private sealed class Lister(List<string> lines) : ILogger<NodeHistory>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
                lines.Add($"{eventId.Id} {formatter(state, exception)}");
        }
    }
}
