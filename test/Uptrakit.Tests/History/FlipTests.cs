using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.History;

public sealed class FlipTests : IDisposable
{
    private readonly HistoryScene scene = new();

    public void Dispose() => scene.Dispose();

    private DateTimeOffset Now => scene.Clock.GetUtcNow();

    private IReadOnlyList<Outage> Outages(string? id = null) => scene.Reader.Outages(id, Now.AddDays(-30), Now);

    private Uptime Uptime(string id) => scene.Reader.UptimeOf(id, HistoryScene.Begin, Now);

    private string Watched(string name = "web")
    {
        string id = scene.Check(name);
        scene.Flip(id, CheckState.Up);
        return id;
    }

    [Fact]
    public void Outage_BeginsAndEndsWithCommittedFlips()
    {
        string id = Watched();
        scene.Pass(TimeSpan.FromMinutes(10));
        scene.Flip(id, CheckState.Down, "2 of 3 see status 502");
        scene.Pass(TimeSpan.FromMinutes(5));
        Assert.Null(Assert.Single(Outages()).To);
        scene.Flip(id, CheckState.Up);
        scene.Pass(TimeSpan.FromMinutes(5));

        Outage outage = Assert.Single(Outages(id));

        Assert.Equal((HistoryScene.Begin.AddMinutes(10), HistoryScene.Begin.AddMinutes(15)), (outage.From, outage.To));
        Assert.Equal("2 of 3 see status 502", outage.Detail);
        Assert.Equal((15, 5), (Uptime(id).Up.TotalMinutes, Uptime(id).Down.TotalMinutes));
        Assert.Equal(0.75, Uptime(id).Share);
    }

    [Fact]
    public void Uptime_LeavesOutUnknownAndMaintenance()
    {
        string id = Watched();
        scene.Pass(TimeSpan.FromMinutes(10));
        scene.Flip(id, CheckState.Unknown);
        scene.Pass(TimeSpan.FromMinutes(20));
        scene.Flip(id, CheckState.Maintenance);
        scene.Pass(TimeSpan.FromMinutes(30));
        scene.Flip(id, CheckState.Warn);
        scene.Pass(TimeSpan.FromMinutes(10));
        scene.Flip(id, CheckState.Degraded);
        scene.Pass(TimeSpan.FromMinutes(10));
        scene.Flip(id, CheckState.Down);
        scene.Pass(TimeSpan.FromMinutes(10));

        Uptime uptime = Uptime(id);

        Assert.Equal((30, 10, 50), (uptime.Up.TotalMinutes, uptime.Down.TotalMinutes, uptime.LeftOut.TotalMinutes));
        Assert.Equal(0.75, uptime.Share);
    }

    [Fact]
    public void Uptime_OfAWindowInThePast_IsReadFromTheFlipAfterIt()
    {
        string id = Watched();
        scene.Pass(TimeSpan.FromHours(10));
        scene.Flip(id, CheckState.Down);
        scene.Pass(TimeSpan.FromHours(10));

        Assert.Equal(1.0, scene.Reader.UptimeOf(id, HistoryScene.Begin.AddHours(2), HistoryScene.Begin.AddHours(3)).Share);
        Assert.Equal(0.0, scene.Reader.UptimeOf(id, HistoryScene.Begin.AddHours(12), HistoryScene.Begin.AddHours(13)).Share);
        Assert.Null(scene.Reader.UptimeOf(id, HistoryScene.Begin.AddHours(-2), HistoryScene.Begin.AddHours(-1)).Share);
        Assert.Null(scene.Reader.UptimeOf("c-000000000000", HistoryScene.Begin, Now).Share);
    }

    [Fact]
    public void Outage_GoesOnWhileNobodyKnows_AndEndsWithMaintenance()
    {
        string id = Watched();
        scene.Flip(id, CheckState.Down);
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Flip(id, CheckState.Unknown);
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Flip(id, CheckState.Down);
        scene.Pass(TimeSpan.FromMinutes(1));
        Assert.Null(Assert.Single(Outages()).To);

        scene.Flip(id, CheckState.Maintenance);
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.NotNull(Assert.Single(Outages()).To);
    }

    [Fact]
    public void Outage_OfACheckThatIsSwitchedOffOrRemoved_Ends()
    {
        string off = Watched("off");
        string gone = Watched("gone");
        scene.Flip(off, CheckState.Down);
        scene.Flip(gone, CheckState.Down);
        scene.Pass(TimeSpan.FromMinutes(1));
        Check check = scene.Store.State.Checks.Values.Single(c => c.Id == off).Clone();
        check.Enabled = false;
        scene.Apply(new Command { PutCheck = new PutCheck { Check = check } });
        scene.Apply(new Command { RemoveCheck = new RemoveById { Id = "gone" } });
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.All(Outages(), static outage => Assert.NotNull(outage.To));
        Assert.Equal(2, Outages().Count);
    }

    [Fact]
    public void Log_ReadAgainAfterAStop_RepeatsNothing()
    {
        string id = Watched();
        for (int i = 0; i < 3; i++)
        {
            scene.Flip(id, CheckState.Down);
            scene.Pass(TimeSpan.FromMinutes(1));
            scene.Flip(id, CheckState.Up);
            scene.Pass(TimeSpan.FromMinutes(1));
        }

        scene.Crash();
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Crash();
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(3, Outages().Count);
        Assert.Equal(3, Uptime(id).Down.TotalMinutes);
    }

    [Fact]
    public void Flips_ThatACrashKeptFromTheFile_AreReadFromTheLog()
    {
        string id = Watched();
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Flip(id, CheckState.Down);
        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        scene.Flip(id, CheckState.Up);

        scene.Crash();
        scene.Pass(TimeSpan.FromMinutes(1));

        Outage outage = Assert.Single(Outages());
        Assert.Equal(2, (outage.To - outage.From)?.TotalMinutes);
    }

    [Fact]
    public void Snapshot_ThatReplacesTheState_TellsHowItIsAndRepeatsNothing()
    {
        string id = Watched();
        scene.Pass(TimeSpan.FromMinutes(10));
        scene.Flip(id, CheckState.Down, "refused");
        scene.Clock.Advance(TimeSpan.FromMinutes(5));

        scene.CrashAndLoadSnapshot();
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.CrashAndLoadSnapshot();
        scene.Pass(TimeSpan.FromMinutes(1));

        Outage outage = Assert.Single(Outages());
        Assert.Equal((HistoryScene.Begin.AddMinutes(10), "refused"), (outage.From, outage.Detail));
        Assert.Null(outage.To);
    }

    [Fact]
    public void Snapshot_OlderThanTheFile_ChangesNothing()
    {
        string id = Watched();
        AppliedState old = scene.Store.Current;
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Flip(id, CheckState.Down);
        scene.Pass(TimeSpan.FromMinutes(1));

        scene.Store.Replace(old);
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.Crash();
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.Null(Assert.Single(Outages()).To);
    }

    [Fact]
    public void Leader_WithAClockBehindOrAhead_DoesNotTurnTimeAround()
    {
        string id = Watched();
        scene.Pass(TimeSpan.FromMinutes(10));
        scene.Clock.AdjustTime(HistoryScene.Begin.AddMinutes(5));
        scene.Flip(id, CheckState.Down);
        scene.Clock.AdjustTime(HistoryScene.Begin.AddMinutes(20));
        scene.History.Step();
        scene.Clock.AdjustTime(HistoryScene.Begin.AddDays(3));
        scene.Flip(id, CheckState.Up);
        scene.Clock.AdjustTime(HistoryScene.Begin.AddMinutes(30));
        scene.Pass(TimeSpan.FromMinutes(10));

        Outage outage = Assert.Single(Outages());
        Assert.Equal((HistoryScene.Begin.AddMinutes(5), HistoryScene.Begin.AddMinutes(40)), (outage.From, outage.To));
    }

    [Fact]
    public void Flips_OfABatch_AreAllTaken()
    {
        string a = Watched("a");
        string b = Watched("b");
        Batch batch = new();
        foreach (string id in (string[])[a, b])
        {
            batch.Commands.Add(new Command
            {
                Proposer = HistoryScene.Member,
                AtMs = Now.ToUnixTimeMilliseconds(),
                Transition = new Transition { CheckId = id, From = CheckState.Up, To = CheckState.Down },
            });
        }

        scene.Apply(new Command { Batch = batch });
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(2, Outages().Count);
    }

    [Fact]
    public void Flips_TooManyForTheQueue_EndAsTheStateIs()
    {
        string[] ids = [.. Enumerable.Range(0, 100).Select(i => Watched($"c{i}"))];
        scene.Pass(TimeSpan.FromMinutes(1));
        // Nothing is written meanwhile.
        for (int i = 0; i < 301; i++)
        {
            foreach (string id in ids)
                scene.Flip(id, i % 2 == 0 ? CheckState.Down : CheckState.Up);
        }

        for (int i = 0; i < 10; i++)
            scene.Pass(TimeSpan.FromMinutes(1));

        Assert.All(ids, id => Assert.Null(Outages(id)[0].To));
    }
}
