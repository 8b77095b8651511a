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
            machine.NowMs += 3_600_000; // rarely enough not to flap
            Flip(web, i % 2 == 0 ? CheckState.Up : CheckState.Down, i % 2 == 0 ? CheckState.Down : CheckState.Up);
        }

        Assert.Equal(40, machine.State.Outbox.Count);
        Assert.Equal(machine.State.Outbox.Values.Select(static o => o.AtMs).Order(), machine.State.Outbox.Values.Select(static o => o.AtMs));
    }

    [Fact]
    public void Flapping_IsToldOnceAndWhatItSettledOnWhenItEnds()
    {
        machine.AddAlert("ops", isDefault: true);
        string web = machine.AddCheck("web");
        Flip(web, CheckState.Unknown, CheckState.Up);
        for (int i = 0; i < 8; i++)
        {
            machine.NowMs += 30_000;
            Flip(web, i % 2 == 0 ? CheckState.Up : CheckState.Down, i % 2 == 0 ? CheckState.Down : CheckState.Up);
        }

        Assert.True(machine.State.StatusOf(web).Flapping);
        Assert.Equal(5, machine.State.Outbox.Values.Count(static o => o.Kind == MessageKind.Transition));
        Assert.Single(machine.State.Outbox.Values, static o => o.Kind == MessageKind.Flapping);

        Announce(web, CheckState.Up);
        Assert.True(machine.State.StatusOf(web).Flapping); // not calm for long enough
        machine.NowMs += (long)TimeSpan.FromMinutes(5).TotalMilliseconds;
        Announce(web, CheckState.Up);

        Assert.False(machine.State.StatusOf(web).Flapping);
        OutboxEntry last = machine.State.Outbox.Values.Last();
        Assert.Equal((MessageKind.Transition, CheckState.Down, CheckState.Up), (last.Kind, last.From, last.To));
    }

    [Fact]
    public void Child_WhileItsParentIsDown_IsSilentUntilTheParentIsBack()
    {
        machine.AddAlert("ops", isDefault: true);
        string router = machine.AddCheck("router");
        Check below = Check("web");
        below.ParentIds.Add(router);
        string web = machine.Must(new Command { PutCheck = new PutCheck { Check = below } });
        Flip(router, CheckState.Unknown, CheckState.Up);
        Flip(web, CheckState.Unknown, CheckState.Up);

        Flip(router, CheckState.Up, CheckState.Down);
        Flip(web, CheckState.Up, CheckState.Down);
        Assert.Equal(router, machine.State.StatusOf(web).HeldBy);
        Assert.Equal([router], machine.State.Outbox.Values.Select(static o => o.CheckId));

        Flip(router, CheckState.Down, CheckState.Up);
        Announce(web, CheckState.Down);
        Assert.Equal([router, router, web], machine.State.Outbox.Values.Select(static o => o.CheckId));
    }

    [Fact]
    public void Maintenance_TellsNothingAndEndsInWhatIs()
    {
        machine.AddAlert("ops", isDefault: true);
        string web = machine.AddCheck("web");
        Flip(web, CheckState.Unknown, CheckState.Up);

        Flip(web, CheckState.Up, CheckState.Maintenance);
        Flip(web, CheckState.Maintenance, CheckState.Up);
        Assert.Empty(machine.State.Outbox);

        Flip(web, CheckState.Up, CheckState.Maintenance);
        Flip(web, CheckState.Maintenance, CheckState.Down);
        Assert.Equal((CheckState.Up, CheckState.Down), (machine.State.Outbox.Values.Single().From, machine.State.Outbox.Values.Single().To));
    }

    [Theory]
    [InlineData("Down", "Warn Down Warn Up", "Down Up")] // a warning is up to it: that ends what it has told
    [InlineData("", "Warn Down Warn Up", "Warn Down Warn Up")] // what an alert tells that was told nothing else
    [InlineData("Degraded", "Degraded Up Down Up", "Degraded Up")]
    public void Alert_TellsTheStatesItIsAskedFor_AndWhatEndsThem(string asked, string changes, string told)
    {
        CheckState[] on = [.. asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<CheckState>)];
        CheckState[] states = [.. changes.Split(' ').Select(Enum.Parse<CheckState>)];
        Alert alert = Alert("ops");
        alert.IsDefault = true;
        alert.On.AddRange(on);
        machine.Must(new Command { PutAlert = new PutAlert { Alert = alert } });
        string web = machine.AddCheck("web");
        Flip(web, CheckState.Unknown, CheckState.Up);
        CheckState last = CheckState.Up;
        foreach (CheckState state in states)
        {
            machine.NowMs += 3_600_000;
            Flip(web, last, state);
            last = state;
        }

        Assert.Equal(told, string.Join(' ', machine.State.Outbox.Values.Select(static o => $"{o.To}")));
    }

    [Fact]
    public void Reminder_ComesUntilSomebodyAcknowledges()
    {
        machine.AddAlert("ops", isDefault: true);
        Check reminded = Check("web");
        reminded.ReminderMs = 600_000;
        string web = machine.Must(new Command { PutCheck = new PutCheck { Check = reminded } });
        Flip(web, CheckState.Unknown, CheckState.Down);
        Assert.Equal(OutcomeStatus.Refused, Remind(web));

        machine.NowMs += 600_000;
        Assert.Equal(OutcomeStatus.Done, Remind(web));
        Assert.Equal(OutcomeStatus.Refused, Remind(web)); // not twice
        machine.Must(new Command { Acknowledge = new Acknowledge { CheckId = "web", Acknowledgement = new Acknowledgement { By = "alice" } } });
        machine.NowMs += 600_000;
        Assert.Equal(OutcomeStatus.Refused, Remind(web));

        Assert.Equal([MessageKind.Transition, MessageKind.Reminder], machine.State.Outbox.Values.Select(static o => o.Kind));
    }

    /// <summary>Pages show these times: one that no calendar has would be a fault of every page that names it.</summary>
    [Fact]
    public void Times_ThatNoCalendarHas_AreRefused()
    {
        string web = machine.Must(new Command { PutCheck = new PutCheck { Check = Check("web") } });
        Flip(web, CheckState.Unknown, CheckState.Down);
        Acknowledgement endless = new() { By = "alice", UntilMs = long.MaxValue };
        MaintenanceWindow far = new() { Name = "far", All = true, FromMs = long.MaxValue - 60_000, ToMs = long.MaxValue };

        machine.MustRefuse(new Command { Acknowledge = new Acknowledge { CheckId = "web", Acknowledgement = endless } }, RefusalReason.Invalid);
        machine.MustRefuse(new Command { PutWindow = new PutWindow { Window = far } }, RefusalReason.Invalid);
    }

    private OutcomeStatus Remind(string check) => machine.Run(new Command { Remind = new Remind { CheckId = check } }).Status;

    private void Announce(string check, CheckState state) => machine.Must(new Command
    {
        Transition = new Transition { CheckId = check, From = state, To = state, Announce = true },
    });

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
