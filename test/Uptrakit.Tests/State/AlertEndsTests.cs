using Google.Protobuf;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.State;

/// <summary>Alerts and checks that are edited in the middle of an outage: who was told of it hears how it ends.</summary>
public sealed class AlertEndsTests
{
    private readonly TestMachine machine = new();
    private readonly string ops, dev, web;

    public AlertEndsTests()
    {
        ops = machine.AddAlert("ops", isDefault: true);
        dev = machine.AddAlert("dev");
        Check check = Check("web");
        check.AlertIds.Add(dev);
        web = machine.Must(new Command { PutCheck = new PutCheck { Check = check } });
        Flip(CheckState.Up);
    }

    [Theory]
    [InlineData("ops", "after")]
    [InlineData("ops", "on")]
    [InlineData("ops", "off")]
    [InlineData("ops", "no default")]
    [InlineData("ops", "suppressed")]
    [InlineData("dev", "on")]
    [InlineData("dev", "off")]
    [InlineData("dev", "taken from the check")]
    public void Alert_ThatWasToldAndWouldHearNoEnd_IsToldSoAtOnce(string name, string how)
    {
        Flip(CheckState.Down);
        machine.NowMs += 60_000;
        Edit(name, how);

        OutboxEntry last = Assert.Single(machine.State.Outbox.Values, static entry => entry.Kind == MessageKind.Unwatched);
        Assert.Equal((Named(name), web, CheckState.Down, "its alerts were changed", 60_000), (last.AlertId, last.CheckId, last.From, last.Detail, last.LastedMs));
        Assert.True(AlertTones.IsEnd(AlertMessage.Of(last)));

        Flip(CheckState.Up);
        Assert.Equal("DOWN UNWATCHED", Told(Named(name)));
        Assert.Equal("DOWN RECOVERED", Told(name == "ops" ? dev : ops));
    }

    [Theory]
    [InlineData("ops", "rename")]
    [InlineData("ops", "degraded, too")]
    [InlineData("ops", "named instead")]
    [InlineData("dev", "default instead")]
    public void Alert_ThatStillHearsTheEnd_HearsThatOnly(string name, string how)
    {
        Flip(CheckState.Down);
        Edit(name, how);
        Assert.Equal("DOWN", Told(Named(name)));

        Flip(CheckState.Up);
        Assert.Equal("DOWN RECOVERED", Told(Named(name)));
    }

    [Theory]
    [InlineData("Maintenance", "off")]
    [InlineData("Degraded", "off")]
    [InlineData("Unknown", "after")]
    public void Alert_ThatWasToldNothingBad_HearsNothing(string state, string how)
    {
        Flip(Enum.Parse<CheckState>(state));
        Edit("ops", how);

        Assert.Empty(machine.State.Outbox);
    }

    [Fact]
    public void Alert_ThatIsRemoved_HasNobodyToTell()
    {
        Flip(CheckState.Down);
        machine.Must(new Command { RemoveAlert = new RemoveById { Id = ops } });

        Assert.DoesNotContain(machine.State.Outbox.Values, static entry => entry.Kind == MessageKind.Unwatched);
    }

    [Fact]
    public void Alert_ThatWaited_HearsTheEnd_AndMayBeToldAnew()
    {
        Edit("ops", "after");
        Flip(CheckState.Down);
        Escalate();
        Edit("ops", "on");
        Assert.Equal("DOWN UNWATCHED", Told(ops));
        Assert.Empty(machine.State.StatusOf(web).EscalatedAlertIds);

        Edit("ops", "after");
        Escalate();
        Flip(CheckState.Up);
        Assert.Equal("DOWN UNWATCHED DOWN RECOVERED", Told(ops));
    }

    [Fact]
    public void Alert_ThatIsNotToWaitAnyMore_HearsTheEndOfWhatItWasToldOf()
    {
        Edit("ops", "after");
        Flip(CheckState.Down);
        Escalate();
        Edit("ops", "rename");
        Flip(CheckState.Up);

        Assert.Equal("DOWN RECOVERED", Told(ops));
    }

    [Fact]
    public void Alert_ThatWasToldOfFlapping_HearsTheEnd()
    {
        for (int i = 0; i < 6; i++)
            Flip(i % 2 == 0 ? CheckState.Down : CheckState.Up);
        Edit("ops", "on");

        Assert.Equal((MessageKind.Unwatched, CheckState.Down), (machine.State.Outbox.Values.Last().Kind, machine.State.Outbox.Values.Last().From));
    }

    /// <summary>One edit is judged by what it comes to: an alert and a check that are switched off together are one end.</summary>
    [Fact]
    public void Edit_OfAlertAndCheckTogether_TellsOneEnd()
    {
        Flip(CheckState.Down);
        Check off = CheckNow();
        off.Enabled = false;
        machine.Must(new Command
        {
            ApplyEdit = new ApplyEdit
            {
                BaseVersion = machine.State.Version,
                PutAlerts = { new PutAlert { Alert = Edited("ops", "off") } },
                PutChecks = { new PutCheck { Check = off } },
            },
        });

        Assert.Equal(("DOWN UNWATCHED", "DOWN UNWATCHED"), (Told(ops), Told(dev)));
        Assert.Equal("it was switched off", machine.State.Outbox.Values.Last().Detail);
    }

    /// <summary>Two edits that are one entry of the log, with more checks each than there may be alerts.</summary>
    [Fact]
    public void Edit_OfAnAlertThatWasToldOfMany_WritesAMessageForEach()
    {
        for (int i = 0; i < 1100; i++)
            Flip(CheckState.Down, machine.AddCheck($"c{i}"));
        machine.AddAlert("late", isDefault: true);
        machine.Must(new Command { Delivered = new Delivered { Ids = { machine.State.Outbox.Keys } } });
        Batch both = new();
        foreach (string name in (string[])["ops", "late"])
            both.Commands.Add(new Command { Id = ByteString.CopyFromUtf8(name), Proposer = Founder, AtMs = machine.NowMs, TellsEnds = true, PutAlert = new PutAlert { Alert = Edited(name, "off") } });
        machine.Must(new Command { Batch = both });

        Assert.Equal(2200, machine.State.Outbox.Count);
        Assert.Equal(1100, machine.State.Outbox.Values.Where(entry => entry.AlertId == ops).DistinctBy(static entry => entry.CheckId).Count());
    }

    /// <summary>Nodes of before applied it like that, and their states are in the snapshots.</summary>
    [Fact]
    public void Log_OfBefore_IsAppliedAsItWas()
    {
        machine.TellsEnds = false;
        Flip(CheckState.Down);
        Edit("ops", "off");
        Edit("dev", "taken from the check");
        Assert.Equal(2, machine.State.Outbox.Count);

        Edit("ops", "rename");
        machine.Must(new Command { RemoveCheck = new RemoveById { Id = web } });
        Assert.Equal("DOWN UNWATCHED", Told(ops));
    }

    private void Edit(string name, string how)
    {
        if (how is "suppressed" or "taken from the check")
        {
            Check check = CheckNow();
            if (how == "suppressed")
                check.SuppressAlertIds.Add(Named(name));
            else
                check.AlertIds.Remove(Named(name));
            machine.Must(new Command { PutCheck = new PutCheck { Check = check } });
        }
        else if (how is "named instead" or "default instead")
        {
            Check check = CheckNow();
            Alert alert = Edited(name, how);
            check.AlertIds.Clear();
            if (!alert.IsDefault)
                check.AlertIds.Add(alert.Id);
            machine.Must(new Command
            {
                ApplyEdit = new ApplyEdit { BaseVersion = machine.State.Version, PutAlerts = { new PutAlert { Alert = alert } }, PutChecks = { new PutCheck { Check = check } } },
            });
        }
        else
        {
            machine.Must(new Command { PutAlert = new PutAlert { Alert = Edited(name, how) } });
        }
    }

    private Alert Edited(string name, string how)
    {
        Alert alert = Alert(name, isDefault: name != "dev", Named(name));
        switch (how)
        {
            case "after":
                alert.AfterMs = 60_000;
                break;
            case "on":
                alert.On.Add(CheckState.Warn);
                break;
            case "degraded, too":
                alert.On.Add([CheckState.Down, CheckState.Degraded]);
                break;
            case "off":
                alert.Enabled = false;
                break;
            case "no default" or "named instead":
                alert.IsDefault = false;
                break;
            case "default instead":
                alert.IsDefault = true;
                break;
            default:
                alert.Name = name + "-renamed";
                break;
        }

        return alert;
    }

    private string Named(string name) => name == "ops" ? ops : name == "dev" ? dev : machine.State.Alerts.TryFind(name, out Alert? alert) ? alert.Id : "";

    private Check CheckNow() => machine.State.Checks.TryGet(web, out Check? check) ? check.Clone() : throw new InvalidOperationException("it is gone");

    private void Escalate()
    {
        machine.NowMs += 60_000;
        machine.Must(new Command { Escalate = new Escalate { CheckId = web } });
    }

    private string Told(string alert) => string.Join(' ', machine.State.Outbox.Values.Where(entry => entry.AlertId == alert).Select(static entry => AlertMessage.Of(entry).Verb));

    private void Flip(CheckState to, string? check = null)
    {
        string id = check ?? web;
        machine.Must(new Command { Transition = new Transition { CheckId = id, From = machine.State.StatusOf(id).State, To = to, Ok = 1, Total = 3 } });
    }
}
