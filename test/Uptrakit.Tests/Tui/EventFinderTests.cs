using Uptrakit.CommandLine;
using Uptrakit.Qu.Control;
using Uptrakit.Qu.Tui;

namespace Uptrakit.Tests.Tui;

public sealed class EventFinderTests
{
    private readonly TuiScene scene = new();

    private IEnumerable<string> Words => scene.Model.Events.Select(static one => one.Words);

    [Fact]
    public void Refresh_WithoutAChange_IsNoEvent()
    {
        scene.Refresh();

        Assert.Empty(scene.Model.Events);
    }

    [Fact]
    public void Flip_IsToldWithTheTimeOfTheCluster()
    {
        DateTimeOffset flipped = TuiScene.Begin.AddSeconds(30);
        scene.Refresh(status =>
        {
            CheckRow row = status.Checks[1];
            (row.State, row.Detail, row.SinceMs) = ("down", "status 500", flipped.ToUnixTimeMilliseconds());
        });

        Assert.Equal(new TuiEvent(flipped, Tone.Bad, "check-00001: up → down: status 500"), Assert.Single(scene.Model.Events));
    }

    [Fact]
    public void Flip_ThereAndBackBetweenTwoLooks_IsNotMissed()
    {
        scene.Refresh(static status => status.Checks[1].SinceMs += 1500);

        Assert.Equal(["check-00001 changed, and is up again"], Words);
    }

    [Fact]
    public void Members_LostBackNewAndRemoved_AreTold()
    {
        scene.Refresh(static status => status.Peers[2].Live = false);
        scene.Refresh(static status => status.Peers[2].Live = true);
        scene.Refresh(static status => status.Peers.Add(new PeerStatus { NodeId = "dddd-4", Advertise = "d:1" }));
        scene.Refresh(static status => status.Peers.RemoveAt(3));

        Assert.Equal(
            ["member c09ecccc c09e.example.org:9901 is back", "member c09ecccc c09e.example.org:9901 is lost", "member dddd d:1 is new", "member dddd d:1 was removed"],
            Words.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void MasterAndQuorum_LostAndFound_AreTold()
    {
        scene.Refresh(static status => (status.Master, status.Quorum) = ("", false));
        scene.Refresh(static status => (status.Master, status.Quorum) = ("7f21bbbb-2", true));

        Assert.Equal(
            ["7f21bbbb 7f21.example.org:9901 is master now", "no quorum: 2 of 3 are needed", "nobody is master", "there is a quorum again"],
            Words.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Daemon_GoneAndBack_IsToldOnceEach()
    {
        scene.Tell(new TuiMessage.Lost("nobody listens"));
        scene.Tell(new TuiMessage.Lost("nobody listens"));
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        scene.Refresh();

        Assert.Equal(["the daemon answers again", "the daemon is lost: nobody listens"], Words);
    }

    [Fact]
    public void Outages_FromBefore_AreTheirBeginAndTheirEnd()
    {
        long from = TuiScene.Begin.AddHours(-1).ToUnixTimeMilliseconds();
        scene.Tell(new TuiMessage.PastEvents(
            [new OutageRow { CheckId = "c-9", Name = "web", FromMs = from, ToMs = from + 90_000, Detail = "refused" }, new OutageRow { CheckId = "c-8", FromMs = from - 1 }]));

        Assert.Equal(["web is not down any more, after 1m30s", "web went down: refused", "c-8 went down"], Words);
    }

    [Fact]
    public void Events_WithoutEnd_AreKeptUpToALimit()
    {
        for (int i = 0; i < 2 * TuiModel.MostEvents; i++)
            scene.Refresh(status => status.Checks[0].State = i % 2 == 0 ? "down" : "up");

        Assert.Equal(TuiModel.MostEvents, scene.Model.Events.Count);
    }
}
