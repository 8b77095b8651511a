using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Tests.Transport;

public sealed class ConnectionGateTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");
    private readonly FakeTimeProvider clock = new();
    private readonly List<Visit> held = [];

    [Fact]
    public void OneAddress_HoldsNoMoreThanItsShare()
    {
        ConnectionGate gate = GateOf(new ConnectionLimits { Stranger = new(2, 100, 100) });
        Visit first = Enter(gate, One);
        Assert.True(first.Admitted);
        Assert.True(Enter(gate, One).Admitted);
        Assert.False(Enter(gate, One).Admitted);
        Assert.True(Enter(gate, Two).Admitted);

        first.Leave();
        Assert.True(Enter(gate, One).Admitted);
        Assert.False(Enter(gate, One).Admitted);
    }

    [Fact]
    public void AllAddresses_HoldNoMoreThanTheTotalAndAMembersAddressGetsIn()
    {
        ConnectionGate gate = GateOf(new ConnectionLimits { Total = 2 });
        Visit first = Enter(gate, Address(1));
        Assert.True(Enter(gate, Address(2)).Admitted);
        Assert.False(Enter(gate, Address(3)).Admitted);
        Assert.Equal(2, gate.Strangers);

        gate.Know(Two);
        Assert.True(Enter(gate, Two).Admitted);
        Assert.False(Enter(gate, Address(3)).Admitted);

        held[^2].Leave(); // the member's
        first.Leave();
        Assert.True(Enter(gate, Address(3)).Admitted);
    }

    [Fact]
    public void OneAddress_BeginsNoMoreThanItsRate()
    {
        ConnectionGate gate = GateOf(new ConnectionLimits { Stranger = new(1000, 5, 30) });
        Assert.Equal(30, Admissions(gate, One, 100));
        Assert.True(Enter(gate, Two).Admitted);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(10, Admissions(gate, One, 100));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(30, Admissions(gate, One, 100));
    }

    [Fact]
    public void ConnectionWhoseKeyIsAMembers_StopsCountingAndMakesItsAddressKnown()
    {
        ConnectionGate gate = GateOf(new ConnectionLimits { Total = 1, Stranger = new(1, 100, 100) });
        Visit member = Enter(gate, One);
        member.Connection.Features.Get<ConnectionGate.Admission>()!.IsMember();
        Assert.Equal(0, gate.Strangers);

        Assert.True(Enter(gate, Two).Admitted); // the house is full now
        Assert.False(Enter(gate, Address(9)).Admitted);
        Assert.True(Enter(gate, One).Admitted);

        member.Leave(); // does not count a second time
        Assert.Equal(2, gate.Strangers);
    }

    [Fact]
    public void OneHost_CountsOnceHoweverItWritesItsAddress()
    {
        ConnectionGate gate = GateOf(new ConnectionLimits { Stranger = new(1, 100, 100) });
        Assert.True(Enter(gate, IPAddress.Parse("2001:db8:1:2::1")).Admitted);
        Assert.False(Enter(gate, IPAddress.Parse("2001:db8:1:2:ffff::9")).Admitted);
        Assert.True(Enter(gate, IPAddress.Parse("2001:db8:1:3::1")).Admitted);
        Assert.True(Enter(gate, One).Admitted);
        Assert.False(Enter(gate, One.MapToIPv6()).Admitted);
    }

    [Fact]
    public void Everybody_Gone_LeavesNothingCounted()
    {
        ConnectionGate gate = GateOf(new ConnectionLimits());
        Admissions(gate, One, 10);
        held.ForEach(static v => v.Leave());
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True(Enter(gate, Two).Admitted);
        held[^1].Leave();
        Assert.Equal(0, gate.Strangers);
    }

    private static IPAddress Address(int last) => IPAddress.Parse($"198.51.100.{last}");

    private ConnectionGate GateOf(ConnectionLimits limits) => new(limits, clock, NullLogger.Instance);

    private int Admissions(ConnectionGate gate, IPAddress from, int attempts) =>
        Enumerable.Range(0, attempts).Count(_ => Enter(gate, from).Admitted);

    private Visit Enter(ConnectionGate gate, IPAddress from)
    {
        Visit visit = new(from);
        visit.Running = gate.Middleware(visit.StayAsync)(visit.Connection);
        held.Add(visit);
        return visit;
    }

    private sealed class Visit
    {
        private readonly TaskCompletionSource left = new();

        public Visit(IPAddress from) => Connection = new() { RemoteEndPoint = new IPEndPoint(from, 40_000) };

        public DefaultConnectionContext Connection { get; }

        public bool Admitted { get; private set; }

        public Task Running { get; set; } = Task.CompletedTask;

        public Task StayAsync(ConnectionContext connection)
        {
            Admitted = true;
            return left.Task;
        }

        public void Leave() => left.TrySetResult();
    }
}
