using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Consensus;

namespace Uptrakit.Tests.Consensus;

/// <summary>Guard 5: what the engine says again and again is said once a minute.</summary>
public sealed class CalmLoggerTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly List<int> said = [];

    [Fact]
    public void Warning_RepeatedWithinAMinute_IsSaidOnce()
    {
        using Recorder recorder = new(said);
        ILogger logger = new CalmLoggerFactory(recorder, clock).CreateLogger("engine");
        for (int i = 0; i < 100; i++)
            logger.Log(LogLevel.Warning, new EventId(7), "away", null, static (s, _) => s);
        logger.Log(LogLevel.Warning, new EventId(8), "another", null, static (s, _) => s);
        Assert.Equal([7, 8], said);

        clock.Advance(TimeSpan.FromMinutes(1));
        logger.Log(LogLevel.Warning, new EventId(7), "still away", null, static (s, _) => s);
        Assert.Equal([7, 8, 7], said);
    }

    [Fact]
    public void Elections_OfTheDefaults_TakeFiveHundredMillisecondsOrMore()
    {
        ConsensusOptions options = new() { Folder = "", Self = Uptrakit.Trust.Identity.NodeId.New() };
        Assert.True(options.ElectionMinimum >= TimeSpan.FromMilliseconds(500));
        Assert.True(options.ElectionMaximum >= options.ElectionMinimum * 2);
    }

    private sealed class Recorder(List<int> said) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            said.Add(eventId.Id);

        public void Dispose()
        {
        }
    }
}
