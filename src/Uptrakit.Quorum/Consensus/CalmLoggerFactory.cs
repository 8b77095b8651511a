using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Uptrakit.Quorum.Consensus;

/// <summary>
/// Guard 5: the engine reports a peer that is away several times a second. What it says again within a minute is left out.
/// </summary>
internal sealed class CalmLoggerFactory(ILoggerFactory inner, TimeProvider clock) : ILoggerFactory
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    /// <summary>A voter that is looked up entry by entry where its log parts from the leader's: everyday life after a restart.</summary>
    private const int ReplicationRetried = 74015;

    private readonly ConcurrentDictionary<(string, int), long> last = new();

    public ILogger CreateLogger(string categoryName) => new CalmLogger(this, categoryName, inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>The inner factory belongs to the host.</summary>
    public void Dispose()
    {
    }

    private bool MaySay(string category, int eventId)
    {
        // Connections that end are Liveness's to report; the engine calls each one a failure.
        if (eventId == ReplicationRetried || category.Contains(".NetworkTransport.", StringComparison.Ordinal))
            return false;
        long now = clock.GetTimestamp();
        long before = last.GetOrAdd((category, eventId), long.MinValue);
        return (before == long.MinValue || clock.GetElapsedTime(before, now) >= Quiet)
            && last.TryUpdate((category, eventId), now, before);
    }

    private sealed class CalmLogger(CalmLoggerFactory owner, string category, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && owner.MaySay(category, eventId.Id))
                inner.Log(logLevel, eventId, state, null, (s, _) => exception is null ? formatter(s, null) : $"{formatter(s, null)} ({exception.Message})");
        }
    }
}
