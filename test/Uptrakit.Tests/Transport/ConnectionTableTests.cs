using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Tests.Transport;

public sealed class ConnectionTableTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly ConnectionGate gate;

    public ConnectionTableTests() => gate = new(new ConnectionLimits(), clock, NullLogger.Instance);

    private (Task Ended, TaskCompletionSource End, bool Entered) Connect(string address, bool member = false)
    {
        TaskCompletionSource end = new();
        bool entered = false;
        DefaultConnectionContext connection = new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) };
        Task ended = gate.Middleware(c =>
        {
            entered = true;
            if (member)
                c.Features.Get<ConnectionGate.Admission>()!.IsMember();
            return end.Task;
        })(connection);
        return (ended, end, entered);
    }

    [Fact]
    public void Strangers_OfOneAddress_AreTurnedAwayAtTheirShare()
    {
        int entered = Enumerable.Range(0, 40).Count(_ => Connect("192.0.2.1").Entered);

        Assert.Equal(new ConnectionLimits().Stranger.Connections, entered);
        Assert.True(Connect("192.0.2.2").Entered);
    }

    [Fact]
    public void Strangers_OfOneIpv6Network_CountAsOne()
    {
        int entered = Enumerable.Range(1, 40).Count(i => Connect($"2001:db8::{i:x}").Entered);

        Assert.Equal(new ConnectionLimits().Stranger.Connections, entered);
    }

    [Fact]
    public void House_FullOfStrangers_LetsAKnownAddressIn()
    {
        Connect("2001:db8:1::1", member: true);
        for (int i = 0; i < 400; i++)
            Connect($"198.51.{i / 200}.{i % 200}");

        Assert.False(Connect("203.0.113.1").Entered);
        Assert.True(Connect("2001:db8:1::2").Entered);
    }

    [Fact]
    public void MemberAddress_WithoutAConnectionForADay_IsForgotten()
    {
        (_, TaskCompletionSource end, _) = Connect("192.0.2.1", member: true);
        Connect("192.0.2.2", member: true);
        end.SetResult();
        clock.Advance(TimeSpan.FromHours(25));
        Connect("192.0.2.3");

        Assert.False(gate.Knows(IPAddress.Parse("192.0.2.1")));
        Assert.True(gate.Knows(IPAddress.Parse("192.0.2.2")));
    }

    [Fact]
    public void Table_UnderAFloodOfNetworks_StaysBounded()
    {
        for (int i = 0; i < 20_000; i++)
            Connect($"2001:db8:{i:x}::1").End.SetResult();

        Assert.True(gate.Remembered <= 16_384);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(Connect("192.0.2.9").Entered);
        Assert.True(gate.Remembered < 10);
    }

    [Fact]
    public void Connections_ThatEnded_AreNotCounted()
    {
        for (int i = 0; i < 20; i++)
        {
            (_, TaskCompletionSource end, bool entered) = Connect("192.0.2.1");
            Assert.True(entered);
            end.SetResult();
        }

        Assert.Equal(0, gate.Strangers);
    }
}
