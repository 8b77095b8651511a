using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Membership;

/// <summary>To whom leadership is handed: the engine elects, and this only chooses.</summary>
public sealed class LeaderChoresTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private readonly FakeTimeProvider clock = new();
    private readonly NodeId[] voters = [.. Enumerable.Range(0, 3).Select(static _ => NodeId.New()).Order()];
    private readonly Liveness liveness;

    public LeaderChoresTests() => liveness = new(clock, NullLogger.Instance);

    [Fact]
    public void Heir_SmallestThatIsLiveForTwoMinutes_AndNotBefore()
    {
        Live(TimeSpan.FromSeconds(119), voters[0], voters[1]);
        Assert.Null(LeaderChores.HeirOf(voters[2], voters, liveness, Long));

        Live(TimeSpan.FromSeconds(1), voters[0], voters[1]);
        Assert.Equal(voters[0], LeaderChores.HeirOf(voters[2], voters, liveness, Long));
    }

    [Fact]
    public void Heir_SmallestThatFlickers_IsNobodyForTwoMinutesMore()
    {
        Live(TimeSpan.FromMinutes(5), voters[0], voters[1]);
        Live(TimeSpan.FromSeconds(6), voters[1]);
        // The absent one is passed over; the smallest of those that are there leads already, or has waited as long.
        Assert.Equal(voters[1], LeaderChores.HeirOf(voters[2], voters, liveness, Long));
        Assert.Null(LeaderChores.HeirOf(voters[1], voters, liveness, Long));

        Live(TimeSpan.FromSeconds(60), voters[0], voters[1]);
        Assert.Null(LeaderChores.HeirOf(voters[2], voters, liveness, Long));
    }

    [Fact]
    public void Heir_OfALeaderThatIsNew_IsNobody()
    {
        Live(TimeSpan.FromMinutes(5), voters[0]);
        Assert.Null(LeaderChores.HeirOf(voters[2], voters, liveness, TimeSpan.FromSeconds(119)));
        Assert.Equal(voters[0], LeaderChores.HeirOf(voters[2], voters, liveness, TimeSpan.FromSeconds(120)));
    }

    [Fact]
    public void Heir_OfTheSmallest_IsNobody()
    {
        Live(TimeSpan.FromMinutes(5), voters[1], voters[2]);
        Assert.Null(LeaderChores.HeirOf(voters[0], voters, liveness, Long));
    }

    private void Live(TimeSpan time, params NodeId[] members)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed <= time; passed += TimeSpan.FromSeconds(1))
        {
            foreach (NodeId member in members)
                liveness.Record(member, new Heartbeat { AtMs = clock.GetUtcNow().ToUnixTimeMilliseconds() });
            if (passed < time)
                clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
