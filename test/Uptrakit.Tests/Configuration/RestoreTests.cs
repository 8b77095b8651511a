using Uptrakit.Quorum.Configuration;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.State;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.Configuration;

public sealed class RestoreTests
{
    [Theory]
    [InlineData(RestoreParts.MaxBytes)]
    [InlineData(1500)]
    public void EveryOption_RestoredInHoweverManyParts_IsThereWithItsId(int maxBytes)
    {
        TestMachine lost = Everything.Machine();
        Backup backup = Of(lost);
        TestMachine fresh = new();

        IReadOnlyList<Restore> parts = RestoreParts.Of(backup, replaces: false, maxBytes);
        foreach (Restore part in parts)
            fresh.Must(new Command { Restore = part });

        Assert.Equal(maxBytes < 2000, parts.Count > 5);
        Assert.Equal(Lasting(backup), Lasting(Of(fresh)));
        Assert.Empty(fresh.State.Outbox);
    }

    [Fact]
    public void State_ThatWasCommitted_IsKnownAgain_AndNobodyIsToldTwice()
    {
        TestMachine lost = new();
        string id = lost.AddCheck("web");
        lost.AddAlert("ops", isDefault: true);
        lost.Must(new Command { Transition = new Transition { CheckId = id, From = CheckState.Unknown, To = CheckState.Down, Total = 1, Detail = "refused" } });
        TestMachine fresh = new();

        foreach (Restore part in RestoreParts.Of(Of(lost), replaces: false))
            fresh.Must(new Command { Restore = part });

        Assert.Equal((CheckState.Down, CheckState.Down, "refused"), (fresh.State.StatusOf(id).State, fresh.State.StatusOf(id).Told, fresh.State.StatusOf(id).Detail));
        Assert.Empty(fresh.State.Outbox);
        fresh.Must(new Command { Transition = new Transition { CheckId = id, From = CheckState.Down, To = CheckState.Up, Ok = 1, Total = 1 } });
        Assert.Equal(CheckState.Up, Assert.Single(fresh.State.Outbox.Values).To);
    }

    [Fact]
    public void ClusterThatHasSomething_IsRefusedUnlessItIsReplaced()
    {
        Backup backup = Of(Everything.Machine());
        TestMachine other = new();
        other.AddCheck("mine");

        Outcome refused = other.MustRefuse(new Command { Restore = RestoreParts.Of(backup, replaces: false)[0] }, RefusalReason.Conflict);
        other.Must(new Command { Restore = RestoreParts.Of(backup, replaces: true)[0] });

        Assert.Contains("1 checks", refused.Message, StringComparison.Ordinal);
        Assert.False(other.State.Checks.TryFind("mine", out _));
        Assert.Equal(Lasting(backup), Lasting(Of(other)));
    }

    [Fact]
    public void Check_ThatWasToldDownAndIsNotInTheBackup_EndsItsIncident()
    {
        TestMachine machine = new();
        string ops = machine.AddAlert("ops", isDefault: true);
        string gone = machine.AddAlert("gone", isDefault: true);
        machine.AddCheck("shop");
        Backup backup = Of(machine);
        backup.Alerts.Remove(backup.Alerts.Single(alert => alert.Id == gone));
        string[] checks = [machine.AddCheck("web"), machine.AddCheck("mail")];
        foreach (string check in checks)
            Flip(machine, check, CheckState.Down);
        machine.NowMs += 60_000;
        Put(machine, backup);

        OutboxEntry[] ends = [.. machine.State.Outbox.Values.Where(static entry => entry.Kind == MessageKind.Unwatched)];
        Assert.Equal(checks.Order(), ends.Select(static end => end.CheckId).Order());
        Assert.All(ends, end => Assert.Equal((ops, CheckState.Down, "a backup was restored", 60_000), (end.AlertId, end.From, end.Detail, end.LastedMs)));
        // Its message of what it ends was not delivered yet, and goes first.
        Assert.Equal([ops, ops, ops, ops], machine.State.Outbox.Values.Select(static entry => entry.AlertId));
        Assert.Equal(CheckState.Down, machine.State.Outbox.Values.First().To);
    }

    /// <summary>However many parts: the one that replaces must know what is bad still.</summary>
    [Theory]
    [InlineData(RestoreParts.MaxBytes)]
    [InlineData(1500)]
    public void Check_ThatTheBackupHasAsDown_IsToldNothingButItsEnd(int maxBytes)
    {
        TestMachine machine = new();
        machine.AddAlert("ops", isDefault: true);
        for (int i = 0; i < 30; i++)
            machine.AddCheck($"web-{i}");
        string parent = machine.AddCheck("a-parent");
        Check child = TestMachine.Check("a-child");
        child.ParentIds.Add(parent);
        string down = machine.Must(new Command { PutCheck = new PutCheck { Check = child } });
        Flip(machine, down, CheckState.Down);
        machine.Must(new Command { Delivered = new Delivered { Ids = { machine.State.Outbox.Keys } } });
        Backup backup = Of(machine);
        Put(machine, backup, maxBytes);

        Assert.Empty(machine.State.Outbox);
        Flip(machine, down, CheckState.Up);
        Assert.Equal((MessageKind.Transition, CheckState.Up), (Assert.Single(machine.State.Outbox.Values).Kind, Assert.Single(machine.State.Outbox.Values).To));
    }

    /// <summary>It would be told that it is up by nobody: by what the backup says it is.</summary>
    [Fact]
    public void Check_ThatWasToldDownAndIsUpInTheBackup_EndsItsIncident()
    {
        TestMachine machine = new();
        machine.AddAlert("ops", isDefault: true);
        string web = machine.AddCheck("web");
        Flip(machine, web, CheckState.Up);
        Backup backup = Of(machine);
        Flip(machine, web, CheckState.Down);
        Put(machine, backup);

        Assert.Equal([MessageKind.Transition, MessageKind.Unwatched], machine.State.Outbox.Values.Select(static entry => entry.Kind));
        Flip(machine, web, CheckState.Down);
        Assert.Equal(CheckState.Down, machine.State.Outbox.Values.Last().To);
    }

    /// <summary>Between the two it could be found up, which is no news the first time: an incident of before would never end.</summary>
    [Fact]
    public void Parts_HoldEachCheckWithItsState()
    {
        TestMachine machine = new();
        for (int i = 0; i < 30; i++)
            Flip(machine, machine.AddCheck($"web-{i}"), CheckState.Up);

        IReadOnlyList<Restore> parts = RestoreParts.Of(Of(machine), replaces: false, maxBytes: 500);

        Assert.True(parts.Count > 5);
        Assert.All(parts, static part => Assert.Equal(part.Checks.Select(static check => check.Id), part.States.Select(static state => state.CheckId)));
    }

    [Fact]
    public void Log_OfBefore_IsAppliedAsItWas()
    {
        TestMachine machine = new() { TellsEnds = false };
        machine.AddAlert("ops", isDefault: true);
        Backup backup = Of(machine);
        Flip(machine, machine.AddCheck("web"), CheckState.Down);
        Put(machine, backup);

        Assert.Empty(machine.State.Outbox);
    }

    [Fact]
    public void Backup_ThatSomebodyMadeUp_IsJudgedLikeAnyChange()
    {
        Check bad = TestMachine.Check("bad", "c-000000000001");
        bad.Target = "file:///etc/shadow";
        Check orphan = TestMachine.Check("orphan", "c-000000000002");
        orphan.AlertIds.Add("a-000000000001");
        TestMachine machine = new();

        machine.MustRefuse(new Command { Restore = new Restore { Begins = true, Checks = { bad } } }, RefusalReason.Invalid);
        machine.MustRefuse(new Command { Restore = new Restore { Begins = true, Checks = { orphan } } }, RefusalReason.NotFound);
        machine.MustRefuse(new Command { Restore = new Restore { Begins = true, Checks = { TestMachine.Check("no id") } } }, RefusalReason.Conflict);
        Check[] twice = [TestMachine.Check("one", "c-000000000003"), TestMachine.Check("two", "c-000000000003")];
        machine.MustRefuse(new Command { Restore = new Restore { Begins = true, Checks = { twice } } }, RefusalReason.Conflict);
        machine.MustRefuse(new Command { Restore = new Restore { Begins = true, Checks = { TestMachine.Check("strange", "x") } } }, RefusalReason.Invalid);
        Check loop = TestMachine.Check("loop", "c-000000000004");
        loop.ParentIds.Add(loop.Id);
        machine.MustRefuse(new Command { Restore = new Restore { Begins = true, Checks = { loop } } }, RefusalReason.Invalid);
    }

    [Fact]
    public void State_OfACheckThatIsKnown_IsNotPutBack()
    {
        TestMachine machine = new();
        Check check = TestMachine.Check("web", "c-000000000001");
        machine.Must(new Command { Restore = new Restore { Begins = true, Checks = { check }, States = { new CheckStatus { CheckId = check.Id, State = CheckState.Up } } } });

        machine.Must(new Command { Restore = new Restore { States = { new CheckStatus { CheckId = check.Id, State = CheckState.Down, Settled = CheckState.Down, Told = CheckState.Down } } } });

        Assert.Equal(CheckState.Up, machine.State.StatusOf(check.Id).State);
    }

    [Fact]
    public void Parts_OfSecretsInClear_LeaveRoomForWhatSealingAdds()
    {
        Backup backup = new();
        for (int i = 0; i < 40; i++)
            backup.Checks.Add(new Check { Id = $"c-{i:x12}", Name = $"web-{i}", Http = new HttpOptions { Headers = { new HttpHeader { Name = "X-Key", Value = new Secret { Text = "short" } } } } });

        Assert.All(RestoreParts.Of(backup, replaces: false, maxBytes: 2000), static part => Assert.True(part.Checks.Count <= 10, $"{part.Checks.Count} checks"));
    }

    [Fact]
    public void States_ThatCannotBe_AreLeftOut()
    {
        TestMachine machine = new();
        Check check = TestMachine.Check("web", "c-000000000001");
        CheckStatus[] states =
        [
            new() { CheckId = check.Id, State = (CheckState)77 },
            new() { CheckId = check.Id, State = CheckState.Up, SinceMs = machine.NowMs + 1 },
            new() { CheckId = check.Id, State = CheckState.Up, Detail = new string('x', 5000) },
            new() { CheckId = check.Id, State = CheckState.Up, Ok = 3, Total = 1 },
            new() { CheckId = check.Id, State = CheckState.Up, Acknowledged = new Acknowledgement { By = "anna", UntilMs = long.MaxValue } },
            new() { CheckId = check.Id, State = CheckState.Up, Acknowledged = new Acknowledgement { By = "a\u001bb" } },
            new() { CheckId = "c-00000000ffff", State = CheckState.Up },
        ];

        machine.Must(new Command { Restore = new Restore { Begins = true, Checks = { check }, States = { states } } });

        Assert.Empty(machine.State.Statuses);
    }

    private static void Put(TestMachine machine, Backup backup, int maxBytes = RestoreParts.MaxBytes)
    {
        foreach (Restore part in RestoreParts.Of(backup, replaces: true, maxBytes))
            machine.Must(new Command { Restore = part });
    }

    private static void Flip(TestMachine machine, string check, CheckState to) => machine.Must(new Command
    {
        Transition = new Transition { CheckId = check, From = machine.State.StatusOf(check).State, To = to, Ok = 1, Total = 3 },
    });

    private static Backup Of(TestMachine machine)
    {
        Backup backup = new();
        backup.Resolvers.AddRange(machine.State.Resolvers);
        backup.Alerts.AddRange(machine.State.Alerts.Values);
        // As the daemon lists them: by name, so that children may come before their parents.
        backup.Checks.AddRange(machine.State.Checks.Values.OrderByDescending(check => check.Name, StringComparer.Ordinal));
        backup.Windows.AddRange(machine.State.Windows.Values);
        backup.States.AddRange(machine.State.Statuses.Values);
        return backup;
    }

    private static Backup Lasting(Backup backup)
    {
        Backup lasting = backup.Clone();
        foreach (Check check in lasting.Checks)
            check.ChangedIn = 0;
        foreach (Alert alert in lasting.Alerts)
            alert.ChangedIn = 0;
        foreach (MaintenanceWindow window in lasting.Windows)
            window.ChangedIn = 0;
        return lasting;
    }
}
