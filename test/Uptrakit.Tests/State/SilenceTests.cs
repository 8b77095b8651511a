using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Verdicts;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.State;

/// <summary>What is not told while a check flaps or its parent is away, and that it is told afterwards.</summary>
public sealed class SilenceTests
{
    private const long Minute = 60_000;
    private readonly TestMachine machine = new();
    private readonly Duties duties = new();

    /// <summary>Whoever keeps an incident has opened one for the flapping, whatever was told before it.</summary>
    [Theory]
    [InlineData("D U D U D U", "DOWN RECOVERED DOWN RECOVERED DOWN FLAPPING RECOVERED")]
    [InlineData("D U D U D U D", "DOWN RECOVERED DOWN RECOVERED DOWN FLAPPING DOWN")]
    [InlineData("D U D U D U D U", "DOWN RECOVERED DOWN RECOVERED DOWN FLAPPING RECOVERED")]
    [InlineData("D+15 U D U D U D U", "DOWN RECOVERED DOWN RECOVERED DOWN RECOVERED FLAPPING RECOVERED")]
    [InlineData("D+15 U D U D U D", "DOWN RECOVERED DOWN RECOVERED DOWN RECOVERED FLAPPING DOWN")]
    [InlineData("W U W U W U", "WARN RECOVERED WARN RECOVERED WARN FLAPPING RECOVERED")]
    [InlineData("W U W U W U W", "WARN RECOVERED WARN RECOVERED WARN FLAPPING WARN")]
    [InlineData("W D W D W D W", "WARN DOWN WARN DOWN WARN FLAPPING WARN")]
    [InlineData("G U G U G U G U", "")] // nobody is told: nothing to be silent about
    public void Flapping_IsFollowedByWhatItSettledOn(string changes, string told)
    {
        machine.AddAlert("ops", isDefault: true);
        string web = machine.AddCheck("web");
        Flip(web, CheckState.Up);
        Change(web, changes);
        Calm(web);

        Assert.Equal(told, Told());
        Assert.Equal(machine.State.StatusOf(web).State == CheckState.Up, told.Length == 0 || AlertTones.IsEnd(Messages().Last()));
        Assert.Empty(duties.Of(machine.State, Now));
    }

    [Fact]
    public void Degraded_ThatAnAlertTells_FlapsToo()
    {
        Alert all = Alert("all", isDefault: true);
        all.On.Add([CheckState.Down, CheckState.Degraded]);
        machine.Must(new Command { PutAlert = new PutAlert { Alert = all } });
        Alert usual = Alert("usual", isDefault: true);
        string quiet = machine.Must(new Command { PutAlert = new PutAlert { Alert = usual } });
        string web = machine.AddCheck("web");
        Flip(web, CheckState.Up);
        Change(web, "G U G U G U G U");
        Calm(web);

        Assert.Equal("DEGRADED RECOVERED DEGRADED RECOVERED DEGRADED FLAPPING RECOVERED", Told());
        Assert.DoesNotContain(machine.State.Outbox.Values, entry => entry.AlertId == quiet);
    }

    [Fact]
    public void Down_OfACheckThatHoversAtAWarning_IsToldAtOnce()
    {
        machine.AddAlert("ops", isDefault: true);
        string web = machine.AddCheck("web");
        Flip(web, CheckState.Up);
        Change(web, "W U W U W U W U D");
        Assert.EndsWith("FLAPPING DOWN", Told(), StringComparison.Ordinal);

        Change(web, "U D U D U");
        Assert.EndsWith("FLAPPING DOWN FLAPPING", Told(), StringComparison.Ordinal);
        Calm(web);
        Assert.EndsWith("FLAPPING DOWN FLAPPING RECOVERED", Told(), StringComparison.Ordinal);
    }

    /// <summary>A state of a version that knew only of flapping between up and down, and had told it.</summary>
    [Fact]
    public void Flapping_OfAnOlderVersion_IsFollowedByWhatItSettledOn()
    {
        machine.AddAlert("ops", isDefault: true);
        string web = machine.AddCheck("web");
        Flip(web, CheckState.Up);
        StateSnapshot older = machine.State.ToSnapshot();
        CheckStatus flapping = older.Statuses.Single(status => status.CheckId == web);
        (flapping.Flapping, flapping.Settled) = (true, CheckState.Up);
        flapping.ChangedMs.Add(machine.NowMs);
        machine.Begin(ClusterState.FromSnapshot(older));
        Calm(web);

        Assert.Equal("RECOVERED", Told());
    }

    [Theory]
    [InlineData("Down", "DOWN")]
    [InlineData("Warn", "WARN")]
    [InlineData("Degraded", "DEGRADED")]
    public void Child_WhoseParentIsDown_IsToldWhenItIsBack(string bad, string verb)
    {
        (string router, string web) = Family();
        Flip(router, CheckState.Down);
        Flip(web, Enum.Parse<CheckState>(bad));
        Do();
        Assert.Equal("DOWN", Told());

        Back(router);
        Assert.Equal($"DOWN RECOVERED {verb}", Told());
        Assert.Empty(duties.Of(machine.State, Now));
    }

    [Fact]
    public void Child_ThatFlapsWhileItsParentIsDown_IsSilentAndToldWhenItIsBack()
    {
        (string router, string web) = Family();
        Flip(router, CheckState.Down);
        Change(web, "D U D U D U D");
        Assert.Equal("DOWN", Told());

        Back(router);
        Assert.Equal("DOWN RECOVERED FLAPPING", Told());
        Calm(web);
        Assert.Equal("DOWN RECOVERED FLAPPING DOWN", Told());
    }

    [Fact]
    public void Child_ThatCalmsWhileItsParentIsDown_IsToldWhenItIsBack()
    {
        (string router, string web) = Family();
        Change(web, "D U D U D U D");
        Flip(router, CheckState.Down);
        Do();
        machine.NowMs += 10 * Minute;
        Do();
        Assert.Equal("DOWN RECOVERED DOWN RECOVERED DOWN FLAPPING DOWN", Told()); // the last is the router's
        Assert.False(machine.State.StatusOf(web).Flapping);

        Back(router);
        Assert.EndsWith("RECOVERED DOWN", Told(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Down")]
    [InlineData("Maintenance")]
    public void Child_ThatWasToldDown_DoesNotRemindWhileItsParentIsAway(string away)
    {
        (string router, string web) = Family();
        Flip(web, CheckState.Down);
        if (away == "Maintenance")
            machine.Must(new Command { PutWindow = new PutWindow { Window = new MaintenanceWindow { Name = "router", CheckIds = { router }, FromMs = machine.NowMs, ToMs = machine.NowMs + 25 * Minute } } });
        Flip(router, Enum.Parse<CheckState>(away));
        machine.NowMs += 20 * Minute;
        machine.MustRefuse(new Command { Remind = new Remind { CheckId = web } }, RefusalReason.Conflict);
        Do();
        Assert.Equal(router, machine.State.StatusOf(web).HeldBy);
        Assert.DoesNotContain("REMINDER", Told(), StringComparison.Ordinal);

        machine.NowMs += 5 * Minute;
        Back(router);
        Do();
        Assert.EndsWith("REMINDER", Told(), StringComparison.Ordinal);
        Assert.Empty(duties.Of(machine.State, Now));
    }

    /// <summary>Nothing was ever told of it: that is not the same as having been told by a version that did not note it.</summary>
    [Fact]
    public void Child_ThatIsDownFromTheBeginning_IsToldWhenItsParentIsBack_AlsoAfterUnknown()
    {
        machine.AddAlert("ops", isDefault: true);
        string router = machine.AddCheck("router");
        Check below = Check("web");
        below.ParentIds.Add(router);
        string web = machine.Must(new Command { PutCheck = new PutCheck { Check = below } });
        Flip(router, CheckState.Down);
        Flip(web, CheckState.Down);
        Flip(web, CheckState.Unknown);
        Flip(web, CheckState.Down);
        Back(router);

        Assert.Equal("DOWN RECOVERED DOWN", Told());
    }

    [Fact]
    public void Recovery_OfAChildWhoseParentIsDown_IsToldAtOnce()
    {
        (string router, string web) = Family();
        Flip(web, CheckState.Down);
        Flip(router, CheckState.Down);
        Flip(web, CheckState.Up);

        Assert.Equal("DOWN DOWN RECOVERED", Told());
    }

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(machine.NowMs);

    /// <summary>A check and its parent, both up, with an alert that tells all that can be told.</summary>
    private (string Parent, string Child) Family()
    {
        Alert alert = Alert("ops", isDefault: true);
        alert.On.Add([CheckState.Down, CheckState.Warn, CheckState.Degraded]);
        machine.Must(new Command { PutAlert = new PutAlert { Alert = alert } });
        string router = machine.AddCheck("router");
        Check below = Check("web");
        below.ParentIds.Add(router);
        below.ReminderMs = 10 * Minute;
        string web = machine.Must(new Command { PutCheck = new PutCheck { Check = below } });
        Flip(router, CheckState.Up);
        Flip(web, CheckState.Up);
        return (router, web);
    }

    /// <summary>Half a minute each, or as many minutes as stand there: Up, Down, Warn, deGraded.</summary>
    private void Change(string check, string changes)
    {
        foreach (string word in changes.Split(' '))
        {
            machine.NowMs += 30_000;
            Flip(check, word[0] switch { 'U' => CheckState.Up, 'D' => CheckState.Down, 'W' => CheckState.Warn, _ => CheckState.Degraded });
            if (word.Length > 1)
                machine.NowMs += Minute * int.Parse(word[2..], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private void Calm(string check)
    {
        machine.NowMs += 5 * Minute;
        Do();
        Assert.False(machine.State.StatusOf(check).Flapping);
    }

    /// <summary>And for so long that its children would be, too.</summary>
    private void Back(string parent)
    {
        Flip(parent, CheckState.Up);
        Do();
        machine.NowMs += 30_000;
        Do();
    }

    private void Do()
    {
        foreach (Command command in duties.Of(machine.State, Now))
            machine.Must(command);
    }

    private void Flip(string check, CheckState to) => machine.Must(new Command
    {
        Transition = new Transition { CheckId = check, From = machine.State.StatusOf(check).State, To = to, Ok = 1, Total = 3 },
    });

    private IEnumerable<AlertMessage> Messages() => machine.State.Outbox.Values.Select(AlertMessage.Of);

    private string Told() => string.Join(' ', Messages().Select(static message => message.Verb));
}
