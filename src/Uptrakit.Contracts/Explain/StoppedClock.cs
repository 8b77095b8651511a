namespace Uptrakit.Contracts.Explain;

/// <summary>A clock that stands: to ask what would be decided at another time.</summary>
internal sealed class StoppedClock(DateTimeOffset time) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => time;
}
