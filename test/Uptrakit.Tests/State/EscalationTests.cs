using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Verdicts;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.State;

/// <summary>Alerts that wait: told of what stays down and is not acknowledged.</summary>
public sealed class EscalationTests
{
    private const long Minute = 60_000;
    private readonly TestMachine machine = new();
    private readonly string boss, router, web;
    private Duties duties = new();

    public EscalationTests()
    {
        machine.AddAlert("ops", isDefault: true);
        Alert waits = Alert("boss", isDefault: true);
        waits.AfterMs = 15 * Minute;
        boss = machine.Must(new Command { PutAlert = new PutAlert { Alert = waits } });
        router = machine.AddCheck("router");
        Check below = Check("web");
        below.ParentIds.Add(router);
        web = machine.Must(new Command { PutCheck = new PutCheck { Check = below } });
        Flip(router, CheckState.Up);
        Flip(web, CheckState.Up);
    }

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(machine.NowMs);

    [Fact]
    public void Outage_ThatLasts_IsToldOnceAndThenItsEnd()
    {
        Flip(web, CheckState.Down);
        Pass(14);
        machine.MustRefuse(Escalate(web), RefusalReason.Conflict);
        Assert.Equal("", Told());

        Pass(1);
        Assert.Equal("DOWN", Told());
        OutboxEntry entry = machine.State.Outbox.Values.Single(entry => entry.AlertId == boss);
        Assert.Equal((MessageKind.Escalation, 15 * Minute), (entry.Kind, entry.LastedMs));
        Pass(60);
        Assert.Equal("DOWN", Told());

        Flip(web, CheckState.Up);
        Assert.Equal("DOWN RECOVERED", Told());
        Flip(web, CheckState.Down);
        Flip(web, CheckState.Up);
        Assert.Equal("DOWN RECOVERED", Told());
    }

    [Theory]
    [InlineData("Up")]
    [InlineData("Warn")]
    public void Outage_ThatEndsBefore_IsNeverHeardOf(string well)
    {
        Flip(web, CheckState.Down);
        Pass(14);
        Flip(web, Enum.Parse<CheckState>(well));
        Pass(60);

        Assert.Equal("", Told());
        Assert.Empty(duties.Of(machine.State, Now));
    }

    [Fact]
    public void Outage_ThatIsAcknowledged_IsNotTold_UnlessTheAcknowledgementRunsOut()
    {
        Flip(web, CheckState.Down);
        machine.Must(new Command
        {
            Acknowledge = new Acknowledge { CheckId = web, Acknowledgement = new Acknowledgement { By = "kim", UntilMs = machine.NowMs + 60 * Minute } },
        });
        Pass(59);
        machine.MustRefuse(Escalate(web), RefusalReason.Conflict);
        Assert.Equal("", Told());

        Pass(1);
        Assert.Equal("DOWN", Told());
    }

    [Fact]
    public void Outage_ThatIsAcknowledgedAndThenEnds_IsNeverHeardOf()
    {
        Flip(web, CheckState.Down);
        machine.Must(new Command { Acknowledge = new Acknowledge { CheckId = web, Acknowledgement = new Acknowledgement { By = "kim" } } });
        Pass(60);
        Flip(web, CheckState.Up);

        Assert.Equal("", Told());
    }

    /// <summary>The next leader knows nothing but what is committed; the one before may ask once more.</summary>
    [Fact]
    public void Leader_ThatIsAnother_GoesOnCountingAndTellsNothingTwice()
    {
        Flip(web, CheckState.Down);
        Pass(10);
        NextLeader();
        Pass(4);
        Assert.Equal("", Told());
        Pass(1);
        Assert.Equal("DOWN", Told());

        NextLeader();
        machine.MustRefuse(Escalate(web), RefusalReason.Conflict);
        Pass(60);
        Assert.Equal("DOWN", Told());
        Flip(web, CheckState.Up);
        Assert.Equal("DOWN RECOVERED", Told());
    }

    [Fact]
    public void Outage_WithUnknownInBetween_GoesOn()
    {
        Flip(web, CheckState.Down);
        Pass(10);
        Flip(web, CheckState.Unknown);
        Pass(1);
        machine.MustRefuse(Escalate(web), RefusalReason.Conflict);
        Flip(web, CheckState.Down);
        Pass(4);

        Assert.Equal("DOWN", Told());
    }

    [Fact]
    public void Maintenance_HoldsItBack_AndTheTimeCountsFromItsEnd()
    {
        Flip(web, CheckState.Down);
        Pass(10);
        machine.Must(new Command { PutWindow = new PutWindow { Window = new MaintenanceWindow { Name = "w", CheckIds = { web }, FromMs = machine.NowMs, ToMs = machine.NowMs + 60 * Minute } } });
        Pass(0);
        Pass(59);
        Assert.Equal("", Told());

        Pass(1);
        Flip(web, CheckState.Down);
        Pass(14);
        Assert.Equal("", Told());
        Pass(1);
        Assert.Equal("DOWN", Told());
    }

    [Fact]
    public void Parent_ThatIsDown_HoldsItBack_AndTheTimeCountsFromItsReturn()
    {
        Flip(web, CheckState.Down);
        Pass(10);
        Flip(router, CheckState.Down);
        machine.Must(new Command { Acknowledge = new Acknowledge { CheckId = router, Acknowledgement = new Acknowledgement { By = "kim" } } });
        machine.NowMs += 10 * Minute;
        machine.MustRefuse(Escalate(web), RefusalReason.Conflict); // whether or not a leader has noted that it is held
        Pass(40);
        Assert.Equal("", Told());

        Flip(router, CheckState.Up);
        Pass(0);
        Pass(1);
        Pass(14);
        Assert.Equal("", Told());
        Pass(1);
        Assert.Equal("DOWN", Told());
    }

    [Fact]
    public void Flapping_IsNotTold_AndWhatItSettlesOnIs()
    {
        for (int i = 0; i < 7; i++)
        {
            machine.NowMs += Minute / 2;
            Flip(web, i % 2 == 0 ? CheckState.Down : CheckState.Up);
        }

        Pass(4);
        Assert.True(machine.State.StatusOf(web).Flapping);
        Pass(60);
        Pass(0);
        Assert.Equal("DOWN", Told());
    }

    [Fact]
    public void Reminders_AreForAlertsThatWereToldOnly()
    {
        machine.State.Checks.TryGet(web, out Check? check);
        Check reminded = check!.Clone();
        reminded.ReminderMs = 10 * Minute;
        machine.Must(new Command { PutCheck = new PutCheck { Check = reminded } });
        Flip(web, CheckState.Down);
        Pass(10);
        Assert.Equal("", Told());
        Pass(5);
        Pass(5);

        Assert.Equal("DOWN REMINDER", Told());
    }

    [Fact]
    public void Alert_ThatSeveralWaitFor_IsToldEachInItsTime()
    {
        Alert later = Alert("director", isDefault: true);
        later.AfterMs = 60 * Minute;
        string director = machine.Must(new Command { PutAlert = new PutAlert { Alert = later } });
        Flip(web, CheckState.Down);
        Pass(15);
        Assert.Equal(("DOWN", ""), (Told(), Told(director)));
        Pass(45);
        Assert.Equal(("DOWN", "DOWN"), (Told(), Told(director)));
        Flip(web, CheckState.Up);
        Assert.Equal(("DOWN RECOVERED", "DOWN RECOVERED"), (Told(), Told(director)));
    }

    /// <summary>A backup is a file that anybody may have written.</summary>
    [Fact]
    public void Restore_OfAnyNumberOfTold_KeepsThoseThatAreThere()
    {
        machine.State.Alerts.TryGet(boss, out Alert? alert);
        machine.State.Checks.TryGet(router, out Check? check);
        CheckStatus state = new() { CheckId = router, State = CheckState.Down, Settled = CheckState.Down, Told = CheckState.Down, ToldMs = machine.NowMs };
        state.EscalatedAlertIds.Add(Enumerable.Range(0, 5000).Select(static i => $"a-{i:x12}").Append(boss).Append(boss));
        machine.Must(new Command { Restore = new Restore { Begins = true, Replaces = true, Alerts = { alert }, Checks = { check }, States = { state } } });

        Assert.Equal([boss], machine.State.StatusOf(router).EscalatedAlertIds);
    }

    [Theory]
    [InlineData(-1, "", "after: ")]
    [InlineData(8 * 24 * 60 * Minute, "", "after: ")]
    [InlineData(Minute, "Warn", "on: ")]
    public void Alert_ThatMakesNoSense_IsRefused(long after, string on, string fault)
    {
        Alert alert = Alert("odd");
        alert.AfterMs = after;
        if (on.Length > 0)
            alert.On.Add(Enum.Parse<CheckState>(on));

        Assert.StartsWith(fault, machine.MustRefuse(new Command { PutAlert = new PutAlert { Alert = alert } }, RefusalReason.Invalid).Message, StringComparison.Ordinal);
    }

    private static Command Escalate(string check) => new() { Escalate = new Escalate { CheckId = check } };

    /// <summary>As many minutes, and then what a leader does.</summary>
    private void Pass(int minutes)
    {
        machine.NowMs += minutes * Minute;
        foreach (Command command in duties.Of(machine.State, Now))
            machine.Must(command);
    }

    private void NextLeader()
    {
        duties = new Duties();
        machine.Begin(ClusterState.FromSnapshot(StateSnapshot.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(machine.State.ToSnapshot()))));
    }

    private void Flip(string check, CheckState to) => machine.Must(new Command
    {
        Transition = new Transition { CheckId = check, From = machine.State.StatusOf(check).State, To = to, Ok = 1, Total = 3 },
    });

    /// <summary>What the alert was told of the check, in order.</summary>
    private string Told(string? alert = null) => string.Join(' ',
        machine.State.Outbox.Values.Where(entry => entry.AlertId == (alert ?? boss) && entry.CheckId == web).Select(static entry => AlertMessage.Of(entry).Verb));
}
