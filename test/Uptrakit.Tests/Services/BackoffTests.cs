using Uptrakit.Services.Session;

namespace Uptrakit.Tests.Services;

public sealed class BackoffTests
{
    [Fact]
    public void Tries_ThatTakeTime_WaitLongerUpToAMinute()
    {
        Backoff backoff = new(static () => 0.999);

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 8).Select(_ => Math.Round(backoff.Next().TotalSeconds)));
    }

    [Fact]
    public void Tries_ThatFindNobody_WaitSecondsForAWhile()
    {
        Backoff backoff = new(static () => 0.999);

        double[] waits = [.. Enumerable.Range(0, 16).Select(_ => Math.Round(backoff.Next(cheap: true).TotalSeconds))];

        Assert.Equal([1, 2, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 10, 20, 40], waits);
    }

    [Fact]
    public void Connection_ThatWasMade_BeginsAnew()
    {
        Backoff backoff = new(static () => 0.999);
        for (int i = 0; i < 20; i++)
            backoff.Next(cheap: true);

        backoff.Reset();

        Assert.Equal([1, 2, 4, 5], Enumerable.Range(0, 4).Select(_ => Math.Round(backoff.Next(cheap: true).TotalSeconds)));
    }
}
