using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Session;

namespace Uptrakit.Bench.Fleet;

/// <summary>One simulated Service: the session of a real Agent, with its pauses and its jitter, without a process of its own.</summary>
/// <remarks>What its connection does is read from the session's log, where the event ids keep their meaning.</remarks>
internal sealed class Member : ILogger, IDisposable
{
    private const int ConnectedEvent = 2201;
    private static readonly int[] EndedEvents = [2202, 2203, 2204, 2205, 2215, 2217];

    private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ServiceSession session;
    private long since;

    public Member(Standing standing, string name, StateFolder folder, Contact contact) => session = new(
        new SessionSettings(Recruit.Profile, name, [], static () => Recruit.Facts),
        folder, standing, contact, Backoff.Random, TimeProvider.System, this);

    /// <summary>Ends when it has been connected once.</summary>
    public Task Entered => entered.Task;

    /// <summary>The timestamp at which its present connection was welcomed; 0 when it has none.</summary>
    public long Since => Volatile.Read(ref since);

    /// <summary>What it said last about a connection that ended.</summary>
    public string LastWords { get; private set; } = "";

    public Task RunAsync(CancellationToken cancel) => session.RunAsync(cancel);

    public void Dispose() => session.Dispose();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == ConnectedEvent)
        {
            Volatile.Write(ref since, Stopwatch.GetTimestamp());
            entered.TrySetResult();
        }
        else if (EndedEvents.Contains(eventId.Id))
        {
            LastWords = formatter(state, exception);
            Volatile.Write(ref since, 0);
        }
    }
}
