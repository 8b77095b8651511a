using Uptrakit.Quorum.State;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.State;

public sealed class TransitionTests
{
    private readonly TestMachine machine = new();

    [Fact]
    public void Transition_FromAnotherState_IsRefused()
    {
        string web = WatchedCheck();
        Flip(web, CheckState.Unknown, CheckState.Up);
        machine.MustRefuse(Transit(web, CheckState.Unknown, CheckState.Down), RefusalReason.Conflict);
        machine.MustRefuse(Transit(web, CheckState.Up, CheckState.Up), RefusalReason.Conflict);
    }

    [Fact]
    public void Transition_OfACheckThatIsGoneOrOff_IsRefused()
    {
        string web = WatchedCheck();
        Check off = Check("web", web);
        off.Enabled = false;
        machine.Must(new Command { PutCheck = new PutCheck { Check = off } });
        machine.MustRefuse(Transit(web, CheckState.Unknown, CheckState.Down), RefusalReason.NotFound);
        machine.MustRefuse(Transit("c-none", CheckState.Unknown, CheckState.Down), RefusalReason.NotFound);
    }

    [Fact]
    public void UnknownToUp_IsSilentAndUnknownToDownIsNot()
    {
        string web = WatchedCheck();
        Flip(web, CheckState.Unknown, CheckState.Up);
        Assert.Empty(machine.State.Outbox);

        string mail = machine.AddCheck("mail");
        Flip(mail, CheckState.Unknown, CheckState.Down);
        OutboxEntry entry = Assert.Single(machine.State.Outbox.Values);
        Assert.Equal((mail, CheckState.Unknown, CheckState.Down), (entry.CheckId, entry.From, entry.To));
    }

    [Fact]
    public void Recovery_ThroughUnknown_IsToldOnce()
    {
        string web = WatchedCheck();
        Flip(web, CheckState.Unknown, CheckState.Up);
        Flip(web, CheckState.Up, CheckState.Down);
        Flip(web, CheckState.Down, CheckState.Unknown);
        Assert.Single(machine.State.Outbox);
        Flip(web, CheckState.Unknown, CheckState.Up);
        Assert.Equal(
            [(CheckState.Up, CheckState.Down), (CheckState.Down, CheckState.Up)],
            machine.State.Outbox.Values.Select(static o => (o.From, o.To)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SettledState_ThatComesBackAfterUnknown_IsNotToldAgain(bool up)
    {
        CheckState settled = up ? CheckState.Up : CheckState.Down;
        string web = WatchedCheck();
        Flip(web, CheckState.Unknown, settled);
        int told = machine.State.Outbox.Count;
        Flip(web, settled, CheckState.Unknown);
        Flip(web, CheckState.Unknown, settled);
        Assert.Equal(told, machine.State.Outbox.Count);
    }

    [Fact]
    public void Outbox_IdsAreUniqueAndInTheOrderOfTheTransitions()
    {
        machine.AddAlert("ops", isDefault: true);
        machine.AddAlert("dev", isDefault: true);
        string web = machine.AddCheck("web");
        Flip(web, CheckState.Unknown, CheckState.Up);
        for (int i = 0; i < 20; i++)
        {
            machine.NowMs += 1000;
            Flip(web, i % 2 == 0 ? CheckState.Up : CheckState.Down, i % 2 == 0 ? CheckState.Down : CheckState.Up);
        }

        Assert.Equal(40, machine.State.Outbox.Count);
        Assert.Equal(machine.State.Outbox.Values.Select(static o => o.AtMs).Order(), machine.State.Outbox.Values.Select(static o => o.AtMs));
    }

    [Fact]
    public void Transition_TellsTheEffectiveAlertsOnly()
    {
        machine.AddAlert("default", isDefault: true);
        string suppressed = machine.AddAlert("suppressed", isDefault: true);
        string named = machine.AddAlert("named");
        machine.AddAlert("other");
        string off = machine.AddAlert("off");
        Alert disabled = Alert("off", id: off);
        disabled.Enabled = false;
        machine.Must(new Command { PutAlert = new PutAlert { Alert = disabled } });
        Check check = Check("web");
        check.AlertIds.AddRange([named, off]);
        check.SuppressAlertIds.Add(suppressed);
        string web = machine.Must(new Command { PutCheck = new PutCheck { Check = check } });

        Flip(web, CheckState.Unknown, CheckState.Down);

        IEnumerable<string> told = machine.State.Outbox.Values.Select(o => machine.State.Alerts.TryGet(o.AlertId, out Alert? a) ? a.Name : "?");
        Assert.Equal(["default", "named"], told);
    }

    [Fact]
    public void Delivered_TakesThoseOutAndNoOthers()
    {
        machine.AddAlert("dev", isDefault: true);
        string web = WatchedCheck();
        Flip(web, CheckState.Unknown, CheckState.Down);
        string[] ids = [.. machine.State.Outbox.Keys];
        machine.Must(new Command { Delivered = new Delivered { Ids = { ids[0], "m-none" } } });
        Assert.Equal([ids[1]], machine.State.Outbox.Keys);
    }

    [Fact]
    public void CheckThatWasSwitchedOff_StartsAfresh()
    {
        string web = WatchedCheck();
        Flip(web, CheckState.Unknown, CheckState.Up);
        Check check = Check("web", web);
        check.Enabled = false;
        machine.Must(new Command { PutCheck = new PutCheck { Check = check } });
        Assert.Equal(CheckState.Unknown, machine.State.StatusOf(web).State);
        Assert.Equal(CheckState.Unknown, machine.State.StatusOf(web).Settled);
    }

    private string WatchedCheck()
    {
        machine.AddAlert("ops", isDefault: true);
        return machine.AddCheck("web");
    }

    private void Flip(string check, CheckState from, CheckState to) => machine.Must(Transit(check, from, to));

    private static Command Transit(string check, CheckState from, CheckState to) =>
        new() { Transition = new Transition { CheckId = check, From = from, To = to, Ok = 1, Total = 3 } };
}
