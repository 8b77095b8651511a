using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Controller.Gateway;

namespace Uptrakit.Tests.Hub.Gateway;

public sealed class LiveServicesTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly Warnings log = new();
    private readonly Guid service = Guid.NewGuid();

    [Fact]
    public void Enter_AServiceThatChangesItsConnectionAFewTimes_IsNoWarning()
    {
        LiveServices live = new(clock, log);

        Take(live, times: 4, apart: TimeSpan.FromSeconds(1));

        Assert.Equal(0, log.Count);
        Assert.Equal(1, live.Count);
    }

    [Fact]
    public void Enter_TwoHostsWithOneKey_AreWarnedOf()
    {
        LiveServices live = new(clock, log);

        Take(live, times: 6, apart: TimeSpan.FromSeconds(1));

        Assert.Equal(1, log.Count);
    }

    [Fact]
    public void Enter_RenewalsOverALongTime_AreNeverAWarning()
    {
        LiveServices live = new(clock, log);

        Take(live, times: 50, apart: TimeSpan.FromMinutes(3));

        Assert.Equal(0, log.Count);
    }

    private void Take(LiveServices live, int times, TimeSpan apart)
    {
        for (int i = 0; i < times; i++)
        {
            live.Enter(new ServiceLink(new ServiceCaller(service, Guid.Empty, clock.GetUtcNow()), clock.GetTimestamp(), default));
            clock.Advance(apart);
        }
    }

    private sealed class Warnings : ILogger<LiveServices>
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Count += logLevel >= LogLevel.Warning ? 1 : 0;
    }
}
