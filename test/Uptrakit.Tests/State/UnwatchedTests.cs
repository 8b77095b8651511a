using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.State;

/// <summary>A check that people know to be bad, and that nobody watches any more: nobody would tell its end.</summary>
public sealed class UnwatchedTests
{
    private readonly TestMachine machine = new();
    private readonly string ops, web;

    public UnwatchedTests()
    {
        ops = machine.AddAlert("ops", isDefault: true);
        web = machine.AddCheck("web");
        Flip(CheckState.Up);
    }

    [Theory]
    [InlineData("disable", "it was switched off")]
    [InlineData("remove", "it was removed")]
    [InlineData("prune", "it was removed")]
    public void Check_ThatWasToldDown_EndsItsIncident(string how, string why)
    {
        Flip(CheckState.Down);
        machine.NowMs += 60_000;
        Stop(how);

        OutboxEntry last = machine.State.Outbox.Values.Last();
        Assert.Equal((MessageKind.Unwatched, ops, CheckState.Down, why, 60_000), (last.Kind, last.AlertId, last.From, last.Detail, last.LastedMs));
        Assert.True(AlertTones.IsEnd(AlertMessage.Of(last)));
        Assert.Equal(2, machine.State.Outbox.Count);
        Assert.False(machine.State.Statuses.ContainsKey(web));
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("remove")]
    [InlineData("prune")]
    public void Check_ThatNobodyWasToldOf_IsSilent(string how)
    {
        Alert waits = Alert("boss", isDefault: true);
        waits.AfterMs = 900_000;
        string boss = machine.Must(new Command { PutAlert = new PutAlert { Alert = waits } });
        Flip(CheckState.Degraded);
        Stop(how);
        Assert.Empty(machine.State.Outbox);

        string other = machine.AddCheck("other");
        Flip(CheckState.Down, other);
        Stop(how, other);
        Assert.DoesNotContain(machine.State.Outbox.Values, entry => entry.AlertId == boss);
        Stop("remove", how == "disable" ? other : null);
        Assert.Equal(2, machine.State.Outbox.Count);
    }

    [Fact]
    public void Check_ThatFlapped_EndsTheIncidentOfThat()
    {
        for (int i = 0; i < 6; i++)
            Flip(i % 2 == 0 ? CheckState.Down : CheckState.Up);
        Assert.Equal(MessageKind.Flapping, machine.State.Outbox.Values.Last().Kind);
        Flip(CheckState.Down);
        Flip(CheckState.Up);
        Stop("remove");

        Assert.Equal((MessageKind.Unwatched, CheckState.Down), (machine.State.Outbox.Values.Last().Kind, machine.State.Outbox.Values.Last().From));
    }

    [Fact]
    public void Alert_ThatWaited_IsToldOnlyIfItWasToldOfTheOutage()
    {
        Alert waits = Alert("boss", isDefault: true);
        waits.AfterMs = 60_000;
        string boss = machine.Must(new Command { PutAlert = new PutAlert { Alert = waits } });
        Flip(CheckState.Down);
        machine.NowMs += 60_000;
        machine.Must(new Command { Escalate = new Escalate { CheckId = web } });
        Stop("disable");

        Assert.Equal([MessageKind.Escalation, MessageKind.Unwatched], machine.State.Outbox.Values.Where(entry => entry.AlertId == boss).Select(static entry => entry.Kind));
    }

    /// <summary>One edit is one entry of the log: the messages of its parts must not take each other's place.</summary>
    [Fact]
    public void Edit_ThatRemovesMany_WritesAMessageForEach()
    {
        machine.AddAlert("dev", isDefault: true);
        string[] checks = [web, .. Enumerable.Range(0, 5).Select(i => machine.AddCheck($"c{i}"))];
        foreach (string check in checks)
            Flip(CheckState.Down, check);
        ApplyEdit edit = new() { BaseVersion = machine.State.Version };
        edit.RemoveChecks.Add(checks.Select(static check => new RemoveById { Id = check }));
        machine.Must(new Command { ApplyEdit = edit });

        Assert.Equal(checks.Order(), machine.State.Outbox.Values.Where(entry => entry.Kind == MessageKind.Unwatched && entry.AlertId == ops).Select(static entry => entry.CheckId).Order());
        Assert.Equal(4 * checks.Length, machine.State.Outbox.Count);
    }

    private void Stop(string how, string? check = null)
    {
        string id = check ?? web;
        if (!machine.State.Checks.TryGet(id, out Check? there))
            return;
        Check off = there.Clone();
        off.Enabled = false;
        machine.Must(how switch
        {
            "disable" => new Command { PutCheck = new PutCheck { Check = off } },
            "remove" => new Command { RemoveCheck = new RemoveById { Id = id } },
            _ => new Command { ApplyEdit = new ApplyEdit { BaseVersion = machine.State.Version, RemoveChecks = { new RemoveById { Id = id } } } },
        });
    }

    private void Flip(CheckState to, string? check = null)
    {
        string id = check ?? web;
        machine.Must(new Command { Transition = new Transition { CheckId = id, From = machine.State.StatusOf(id).State, To = to, Ok = 1, Total = 3 } });
    }
}
