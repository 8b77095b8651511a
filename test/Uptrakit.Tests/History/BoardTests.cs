using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.History;

public sealed class BoardTests : IDisposable
{
    private readonly HistoryScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Days_TellWhatEachDayWas()
    {
        string id = scene.Check("web");
        scene.Pass(TimeSpan.FromHours(14)); // midnight
        scene.Flip(id, CheckState.Up);
        scene.Pass(TimeSpan.FromHours(30));
        scene.Flip(id, CheckState.Down);
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Flip(id, CheckState.Up);
        scene.Pass(TimeSpan.FromHours(24));
        scene.Flip(id, CheckState.Degraded);
        scene.Pass(TimeSpan.FromHours(24));
        scene.Flip(id, CheckState.Down);
        scene.Pass(TimeSpan.FromHours(24));

        DayRow row = scene.Reader.Days(7)[id];

        DayLevel[] expected = [DayLevel.None, DayLevel.None, DayLevel.Up, DayLevel.Partly, DayLevel.Warn, DayLevel.Down, DayLevel.Down];
        Assert.Equal(expected, row.Days);
        Assert.Equal(scene.Reader.UptimeOf(id, HistoryScene.Begin, scene.Clock.GetUtcNow()).Share, row.Uptime.Share);
    }

    /// <summary>What was read bit by bit is what one finds who reads all at once.</summary>
    [Fact]
    public void Days_FollowedForAWhile_AreThoseReadAfresh() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 5], Gen.Int[1, 2000]).Array[1, 60].Sample(
            steps =>
            {
                using HistoryScene each = new();
                string[] ids = [each.Check("a"), each.Check("b"), each.Check("c")];
                foreach ((int check, int state, int minutes) in steps)
                {
                    if (each.Store.State.StatusOf(ids[check]).State != (CheckState)state)
                        each.Flip(ids[check], (CheckState)state);
                    each.Pass(TimeSpan.FromMinutes(minutes));
                    each.Reader.Days(30);
                }

                HistoryFile file = new(each.Options, each.Clock, NullLogger.Instance);
                HistoryReader fresh = new(file, each.Options, new MinuteBook(each.Clock), each.Clock, NullLogger.Instance);
                IReadOnlyDictionary<string, DayRow> followed = each.Reader.Days(30);
                foreach ((string id, DayRow row) in fresh.Days(30))
                {
                    Assert.Equal(row.Days, followed[id].Days);
                    Assert.Equal(row.Uptime, followed[id].Uptime);
                    DateTimeOffset today = new(each.Clock.GetUtcNow().Date, TimeSpan.Zero);
                    Uptime exact = each.Reader.UptimeOf(id, today.AddDays(-29), each.Clock.GetUtcNow());
                    Assert.Equal((exact.Up, exact.Down), (row.Uptime.Up, row.Uptime.Down));
                }
            },
            iter: 20);

    [Fact]
    public void Days_WithAFlipOfADayThatWasTold_AreReadAgain()
    {
        string id = scene.Check("web");
        scene.Flip(id, CheckState.Up);
        scene.Pass(TimeSpan.FromDays(2));
        Assert.Equal(DayLevel.Up, scene.Reader.Days(3)[id].Days[1]);

        // A leader whose clock is behind.
        DateTimeOffset now = scene.Clock.GetUtcNow();
        scene.Clock.AdjustTime(now.AddDays(-1));
        scene.Flip(id, CheckState.Down);
        scene.Clock.AdjustTime(now);
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal([DayLevel.Up, DayLevel.Down, DayLevel.Down], scene.Reader.Days(3)[id].Days);
    }

    [Fact]
    public void Days_WithoutAFile_AreEmpty()
    {
        HistoryOptions options = new() { Path = Path.Combine(scene.Folder, "none", "history.db") };
        HistoryReader reader = new(new HistoryFile(options, scene.Clock, NullLogger.Instance), options, new MinuteBook(scene.Clock), scene.Clock, NullLogger.Instance);

        Assert.Empty(reader.Days(90));
        Assert.Empty(reader.Outages(null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue));
    }
}
