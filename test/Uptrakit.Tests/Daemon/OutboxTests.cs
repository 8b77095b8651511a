using Microsoft.Extensions.Time.Testing;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Alerts;
using Uptrakit.Tests.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Daemon;

public sealed class OutboxTests
{
    private readonly TestMachine machine = new();
    private readonly FakeTimeProvider clock = new();
    private readonly StateStore store = new();
    private readonly CollectingLogger<OutboxCourier> log = new();
    private readonly Outbox outbox;

    public OutboxTests() => outbox = new(store, new LeaderDesk(NodeId.New(), store, static () => null, clock), static () => null, clock, log);

    [Fact]
    public void Messages_ThatMakeRoom_AreToldOnceAMinute()
    {
        for (int i = 0; i < 1000; i++)
            machine.AddAlert($"alert {i}", isDefault: true);
        string web = machine.AddCheck("web");
        Flip(web, CheckState.Up);
        Flips(web, 10);
        Assert.Empty(log.Lines);

        Flips(web, 2);
        Flips(web, 1);
        Assert.Equal(["1512 The outbox is full: 1000 messages, the oldest, were dropped undelivered "], log.Lines);

        clock.Advance(TimeSpan.FromMinutes(1));
        Look();
        Look();
        Assert.Equal("1512 The outbox is full: 2000 messages, the oldest, were dropped undelivered ", Assert.Single(log.Lines.Skip(1)));
        Assert.Equal(10_000, machine.State.Outbox.Count);
    }

    [Fact]
    public void Messages_ThatWereDroppedUnderAnotherLeader_AreNotToldAgain()
    {
        store.Replace(new AppliedState(1, 1, machine.State with { OutboxDropped = 7 }));

        outbox.Pending();
        outbox.Pending();

        Assert.Empty(log.Lines);
    }

    private void Flips(string check, int times)
    {
        for (int i = 0; i < times; i++)
        {
            machine.NowMs += 3_600_000; // rarely enough not to flap
            Flip(check, machine.State.StatusOf(check).State == CheckState.Up ? CheckState.Down : CheckState.Up);
            Look();
        }
    }

    private void Look()
    {
        store.Replace(new AppliedState(machine.Index, 1, machine.State));
        outbox.Pending();
    }

    private void Flip(string check, CheckState to) =>
        machine.Must(new Command { Transition = new Transition { CheckId = check, From = machine.State.StatusOf(check).State, To = to } });
}
