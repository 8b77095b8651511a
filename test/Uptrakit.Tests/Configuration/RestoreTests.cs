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
