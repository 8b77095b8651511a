using System.Net;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Tests.Transport;

public sealed class AddressBucketTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private readonly FakeTimeProvider clock = new();
    private readonly AddressBucket bucket;

    public AddressBucketTests() => bucket = new(burst: 20, perSecond: 0.5, clock);

    [Fact]
    public void OneAddress_HasABurstAndThenARate()
    {
        Assert.Equal(20, Taken(One, 100));
        Assert.True(bucket.TryTake(IPAddress.Parse("192.0.2.2")));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(5, Taken(One, 100));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(20, Taken(One, 100));
    }

    [Fact]
    public void NoAddress_IsOneAddressToo() => Assert.Equal(20, Taken(null, 100));

    [Fact]
    public void ManyAddresses_DoNotGrowTheTableWithoutEnd()
    {
        for (int i = 0; i < 20_000; i++)
        {
            bucket.TryTake(new IPAddress(i));
            Assert.InRange(bucket.Count, 1, 4096);
        }
    }

    [Fact]
    public void DrainedAddress_IsNotForgottenWhileOthersHaveFullBuckets()
    {
        for (int i = 1; i < 4096; i++)
            bucket.TryTake(new IPAddress(i));
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(20, Taken(One, 20));
        bucket.TryTake(IPAddress.Parse("203.0.113.1"));
        Assert.False(bucket.TryTake(One));
    }

    private int Taken(IPAddress? from, int attempts) => Enumerable.Range(0, attempts).Count(_ => bucket.TryTake(from));
}
