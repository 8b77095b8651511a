using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.History;

public sealed class ResultTests : IDisposable
{
    private readonly HistoryScene scene = new();

    public void Dispose() => scene.Dispose();

    private HistoryCurve Curve(string id, TimeSpan back) => scene.Reader.Curve(id, scene.Clock.GetUtcNow() - back, scene.Clock.GetUtcNow());

    [Fact]
    public void Results_OfAMinute_AreReadWhileItRuns_AndOnceWhenItHasEnded()
    {
        string id = scene.Check("web");
        scene.Record(id, ms: 10);
        scene.Record(id, ms: 30);
        scene.Record(id, ProbeGrade.Down, ms: 10_000);
        scene.Record(id, ProbeGrade.Warn, ms: 20);

        // Also of a check that the file has not heard of yet.
        foreach (int seconds in (int[])[1, 5, 50, 10, 60])
        {
            scene.Pass(TimeSpan.FromSeconds(seconds));
            HistoryPoint point = Assert.Single(Curve(id, TimeSpan.FromHours(1)).Points);
            Assert.Equal(HistoryScene.Begin, point.At);
            Assert.Equal((4, 1, 1), (point.Results.Count, point.Results.Failures, point.Results.Warnings));
            Assert.Equal((10, 20, 30), (point.Results.Least.TotalMilliseconds, point.Results.Mean.TotalMilliseconds, point.Results.Most.TotalMilliseconds));
            Assert.Equal(4, scene.Reader.Summary(id, HistoryScene.Begin, scene.Clock.GetUtcNow() + TimeSpan.FromSeconds(1)).Count);
        }

        Assert.Equal(0, scene.Reader.Summary(id, HistoryScene.Begin - TimeSpan.FromHours(2), HistoryScene.Begin - TimeSpan.FromHours(1)).Count);
    }

    [Fact]
    public void Results_OfTheRunningMinute_AreNoPartOfATimeBeforeIt()
    {
        string id = scene.Check("web");
        scene.Pass(TimeSpan.FromHours(2));
        scene.Record(id, ms: 10);
        DateTimeOffset now = scene.Clock.GetUtcNow();

        Assert.Equal(0, scene.Reader.Summary(id, now - TimeSpan.FromHours(1), now - TimeSpan.FromMinutes(5)).Count);
        Assert.Equal(1, scene.Reader.Summary(id, now - TimeSpan.FromHours(1), now + TimeSpan.FromSeconds(1)).Count);
    }

    [Fact]
    public void Results_OfManyChecks_AreKeptApart()
    {
        string[] ids = [.. Enumerable.Range(0, 200).Select(i => scene.Check($"c{i}"))];
        for (int i = 0; i < ids.Length; i++)
            scene.Record(ids[i], ms: i + 1);
        scene.Pass(TimeSpan.FromMinutes(1));

        for (int i = 0; i < ids.Length; i++)
            Assert.Equal(i + 1, scene.Reader.Summary(ids[i], HistoryScene.Begin, scene.Clock.GetUtcNow()).Mean.TotalMilliseconds);
    }

    [Fact]
    public void Restart_WithinAMinute_AddsToTheMinute()
    {
        string id = scene.Check("web");
        scene.Record(id, ms: 10);
        scene.Stop();
        scene.Record(id, ms: 30);
        scene.Pass(TimeSpan.FromMinutes(1));

        HistoryPoint point = Assert.Single(Curve(id, TimeSpan.FromHours(1)).Points);
        Assert.Equal((2, 20), (point.Results.Count, point.Results.Mean.TotalMilliseconds));
    }

    [Fact]
    public void Crash_LosesTheRunningMinuteOnly()
    {
        string id = scene.Check("web");
        scene.Record(id);
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Record(id);
        scene.Crash();
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(1, scene.Reader.Summary(id, HistoryScene.Begin, scene.Clock.GetUtcNow()).Count);
    }

    [Fact]
    public void File_CopiedWhileItIsWritten_IsWholeAsAfterAKill()
    {
        string id = scene.Check("web");
        scene.Flip(id, CheckState.Down);
        scene.Record(id);
        scene.Pass(TimeSpan.FromMinutes(1));
        string copy = Path.Combine(scene.Folder, "copy.db");
        foreach (string side in (string[])["", "-wal"])
            File.Copy(scene.Options.Path + side, copy + side);

        List<string> lines = [];
        using NodeHistory other = new(
            scene.Options with { Path = copy }, new StateStore(), scene.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<NodeHistory>.Instance);

        Assert.Equal(1, other.Reader.Summary(id, HistoryScene.Begin, scene.Clock.GetUtcNow()).Count);
        Assert.Single(other.Reader.Outages(id, HistoryScene.Begin, scene.Clock.GetUtcNow()));
    }

    [Fact]
    public void Minutes_BecomeHoursAndDays_AndTheSumsStayTheSame()
    {
        string id = scene.Check("web");
        DateTimeOffset begin = scene.Clock.GetUtcNow();
        for (int i = 0; i < 3 * 24 * 4; i++)
        {
            scene.Record(id, i % 10 == 0 ? ProbeGrade.Down : ProbeGrade.Up, ms: 20);
            scene.Pass(TimeSpan.FromMinutes(15));
        }

        HistoryCurve days = Curve(id, TimeSpan.FromDays(60));
        HistoryCurve hours = Curve(id, TimeSpan.FromDays(20));
        HistoryCurve minutes = Curve(id, TimeSpan.FromHours(24));

        Assert.Equal((86_400, 3600, 60), (days.Step.TotalSeconds, hours.Step.TotalSeconds, minutes.Step.TotalSeconds));
        Assert.Equal(288, days.Points.Sum(static p => p.Results.Count));
        Assert.Equal(288, hours.Points.Sum(static p => p.Results.Count));
        Assert.Equal(29, hours.Points.Sum(static p => p.Results.Failures));
        Assert.Equal(96, minutes.Points.Sum(static p => p.Results.Count));
        Assert.Equal(4, days.Points.Count);
        Assert.Equal(72, hours.Points.Count);
        Assert.Equal(288, scene.Reader.Summary(id, begin, scene.Clock.GetUtcNow()).Count);
    }

    [Fact]
    public void Clock_SetBackIntoAHourThatIsSummedUp_IsSummedUpAgain()
    {
        string id = scene.Check("web");
        scene.Record(id);
        scene.Pass(TimeSpan.FromMinutes(61));
        scene.Clock.AdjustTime(HistoryScene.Begin.AddMinutes(30));
        scene.Record(id);
        scene.Pass(TimeSpan.FromHours(2));

        Assert.Equal(2, scene.Reader.Curve(id, HistoryScene.Begin.AddDays(-3), scene.Clock.GetUtcNow()).Points.Sum(static p => p.Results.Count));
    }

    [Fact]
    public void Range_FromHereToEternity_IsBounded()
    {
        string id = scene.Check("web");
        for (int i = 0; i < 50; i++)
        {
            scene.Record(id);
            scene.Pass(TimeSpan.FromHours(20));
        }

        HistoryCurve all = scene.Reader.Curve(id, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, int.MaxValue);
        HistoryCurve few = scene.Reader.Curve(id, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, 5);

        Assert.InRange(all.Points.Count, 40, HistoryReader.MaxPoints);
        Assert.InRange(few.Points.Count, 1, 5);
        Assert.Equal(50, few.Points.Sum(static p => p.Results.Count));
        Assert.Empty(scene.Reader.Curve(id, DateTimeOffset.MaxValue, DateTimeOffset.MinValue).Points);
        Assert.Empty(scene.Reader.Curve("c-000000000000", DateTimeOffset.MinValue, DateTimeOffset.MaxValue).Points);
    }

    [Fact]
    public void Old_IsSweptAway()
    {
        string id = scene.Check("web");
        scene.Record(id);
        scene.Flip(id, CheckState.Down);
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Flip(id, CheckState.Up);
        for (int i = 0; i < 6; i++)
            scene.Pass(TimeSpan.FromDays(7));
        using Microsoft.Data.Sqlite.SqliteConnection open = new($"Data Source={scene.Options.Path};Mode=ReadOnly;Pooling=False");
        open.Open();

        Assert.Equal((0, 0, 1), (open.Ask("SELECT COUNT(*) FROM minutes"), open.Ask("SELECT COUNT(*) FROM hours"), open.Ask("SELECT COUNT(*) FROM days")));
        Assert.Equal(2, open.Ask("SELECT COUNT(*) FROM flips"));

        for (int i = 0; i < 50; i++)
            scene.Pass(TimeSpan.FromDays(7));
        Assert.Equal(0, open.Ask("SELECT COUNT(*) FROM days") + open.Ask("SELECT COUNT(*) FROM flips") + open.Ask("SELECT COUNT(*) FROM outages"));
        // What it is now is known without its flips.
        Assert.Equal(1.0, scene.Reader.UptimeOf(id, scene.Clock.GetUtcNow().AddDays(-30), scene.Clock.GetUtcNow()).Share);
    }

    [Fact]
    public void Number_OfACheckThatIsGone_IsFreeOnlyWhenNothingIsLeftOfIt()
    {
        string first = scene.Check("first");
        scene.Record(first);
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Apply(new Command { RemoveCheck = new RemoveById { Id = first } });
        scene.Pass(TimeSpan.FromHours(1));
        string second = scene.Check("second");
        scene.Record(second);
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(1, scene.Reader.Summary(second, HistoryScene.Begin, scene.Clock.GetUtcNow()).Count);
        Assert.Equal(1, scene.Reader.Summary(first, HistoryScene.Begin, scene.Clock.GetUtcNow()).Count);
    }

    [Fact]
    public void Latest_ForgetsChecksThatAreGone()
    {
        string id = scene.Check("web");
        scene.Record(id);
        scene.Pass(TimeSpan.FromMinutes(1));
        Assert.NotNull(scene.History.Latest.Of(id));
        scene.Apply(new Command { RemoveCheck = new RemoveById { Id = id } });

        scene.Pass(TimeSpan.FromHours(1));

        Assert.Null(scene.History.Latest.Of(id));
    }
}
