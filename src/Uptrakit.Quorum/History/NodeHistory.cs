using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <summary>The history of one node: its own results, and the flips that the cluster has committed.</summary>
/// <remarks>Make it before the log is read, so that no flip is missed that a crash kept from the file.</remarks>
internal sealed class NodeHistory : IDisposable
{
    private readonly TimeProvider clock;
    private readonly MinuteBook book;
    private readonly FlipFeed feed;
    private readonly HistoryWriter writer;

    public NodeHistory(HistoryOptions options, StateStore store, TimeProvider clock, ILogger<NodeHistory> logger)
    {
        this.clock = clock;
        HistoryFile file = new(options, clock, logger);
        book = new(clock);
        feed = new(store);
        writer = new(file, options, book, feed, Latest, () => store.State, clock, logger);
        Reader = new(file, options, book, clock, logger);
        writer.Open();
    }

    public HistoryReader Reader { get; }

    public LatestResults Latest { get; } = new();

    /// <summary>Takes a result; it costs an addition, and never waits.</summary>
    public void Record(ProbeResult result)
    {
        ProbeGrade? grade = result.Outcome.Level switch
        {
            ProbeLevel.Ok => ProbeGrade.Up,
            ProbeLevel.Warn => ProbeGrade.Warn,
            ProbeLevel.Failed => ProbeGrade.Down,
            _ => null, // it had nothing to say
        };
        if (grade is { } known)
            Record(result.Check.Id, known, result.Outcome.Latency, result.Outcome.Detail);
    }

    public void Record(string checkId, ProbeGrade grade, TimeSpan latency, string detail)
    {
        book.Record(checkId, grade, latency);
        Latest.Record(checkId, new(grade, latency, detail, clock.GetUtcNow()));
    }

    public Task RunAsync(CancellationToken cancel) => writer.RunAsync(cancel);

    public void Dispose()
    {
        feed.Dispose();
        writer.Dispose();
    }

    /// <summary>One second's work, for tests.</summary>
    internal void Step(bool last = false) => writer.Step(last);
}
