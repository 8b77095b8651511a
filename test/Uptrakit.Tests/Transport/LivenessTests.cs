using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Transport;

public sealed class LivenessTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly NodeId member = NodeId.New();
    private readonly Liveness liveness;

    public LivenessTests() => liveness = new(clock, NullLogger.Instance);

    [Fact]
    public void Member_HeardWithinFourSeconds_IsLiveAndThenNot()
    {
        Assert.False(liveness.IsLive(member));
        Beat();
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.True(liveness.IsLive(member));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(liveness.IsLive(member));
        Assert.Equal(TimeSpan.Zero, liveness.LiveFor(member));
    }

    [Fact]
    public void Silence_BeyondTheWindow_BreaksHowLongAMemberHasBeenLive()
    {
        BeatFor(TimeSpan.FromSeconds(90));
        Assert.Equal(TimeSpan.FromSeconds(90), liveness.LiveFor(member));

        clock.Advance(TimeSpan.FromSeconds(5));
        Beat();
        BeatFor(TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(10), liveness.LiveFor(member));
    }

    /// <summary>A member's own clock says nothing about when it was heard.</summary>
    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Beat_WithAnAbsurdClock_IsHeardNow(long atMs)
    {
        liveness.Record(member, new Heartbeat { AtMs = atMs });
        Assert.True(liveness.IsLive(member));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(liveness.IsLive(member));
    }

    private void BeatFor(TimeSpan time)
    {
        Beat();
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Beat();
        }
    }

    private void Beat() => liveness.Record(member, new Heartbeat { AtMs = clock.GetUtcNow().ToUnixTimeMilliseconds() });
}
