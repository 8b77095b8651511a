using Uptrakit.Quorum.State;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.State;

public sealed class ObjectCommandTests
{
    private readonly TestMachine machine = new();

    [Fact]
    public void Put_WithATakenName_IsRefusedAndTheOtherObjectStays()
    {
        machine.AddCheck("web");
        machine.AddAlert("ops");
        machine.MustRefuse(Put(Check("web")), RefusalReason.NameTaken);
        machine.MustRefuse(Put(Alert("ops")), RefusalReason.NameTaken);
    }

    [Fact]
    public void Put_RenamingToATakenName_IsRefusedAndAFreedNameIsFree()
    {
        string web = machine.AddCheck("web");
        machine.AddCheck("mail");
        machine.MustRefuse(Put(Check("mail", web)), RefusalReason.NameTaken);

        Assert.Equal(web, machine.Must(Put(Check("shop", web))));
        Assert.NotEqual(web, machine.AddCheck("web"));
        Assert.True(machine.State.Checks.TryFind("shop", out Check? found));
        Assert.Equal(web, found.Id);
    }

    /// <summary>An id that begins with a dash is read as an option by whoever pastes it.</summary>
    [Fact]
    public void Put_OfANewObject_GetsAnIdThatNoOptionLooksLike()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.Matches("^c-[0-9a-f]{12}$", machine.AddCheck($"web{i}"));
            Assert.Matches("^a-[0-9a-f]{12}$", machine.AddAlert($"ops{i}"));
        }
    }

    [Fact]
    public void Put_OfARemovedObject_IsRefused()
    {
        string web = machine.AddCheck("web");
        string ops = machine.AddAlert("ops");
        machine.Must(new Command { RemoveCheck = new RemoveById { Id = "web" } });
        machine.Must(new Command { RemoveAlert = new RemoveById { Id = "ops" } });
        machine.MustRefuse(Put(Check("web", web)), RefusalReason.NotFound);
        machine.MustRefuse(Put(Alert("ops", id: ops)), RefusalReason.NotFound);
        machine.MustRefuse(new Command { RemoveCheck = new RemoveById { Id = "web" } }, RefusalReason.NotFound);
        machine.MustRefuse(new Command { RemoveAlert = new RemoveById { Id = "ops" } }, RefusalReason.NotFound);
    }

    [Fact]
    public void Change_FromAnOlderVersion_IsRefused()
    {
        string web = machine.AddCheck("web");
        long seen = machine.State.Version;
        machine.Must(Put(Check("web", web), seen));

        machine.MustRefuse(Put(Check("shop", web), seen), RefusalReason.Conflict);
        machine.MustRefuse(new Command { RemoveCheck = new RemoveById { Id = web, ExpectedChangedIn = seen } }, RefusalReason.Conflict);
        machine.Must(Put(Check("shop", web), machine.State.Version));
    }

    [Fact]
    public void ChangeOfAlert_FromAnOlderVersion_IsRefused()
    {
        string ops = machine.AddAlert("ops");
        long seen = machine.State.Version;
        machine.Must(Put(Alert("ops", true, ops), seen));

        machine.MustRefuse(Put(Alert("ops", false, ops), seen), RefusalReason.Conflict);
        machine.MustRefuse(new Command { RemoveAlert = new RemoveById { Id = ops, ExpectedChangedIn = seen } }, RefusalReason.Conflict);
    }

    [Fact]
    public void PutCheck_WithAnUnknownAlert_IsRefused()
    {
        Check check = Check("web");
        check.AlertIds.Add("a-none");
        machine.MustRefuse(Put(check), RefusalReason.NotFound);
        check.AlertIds.Clear();
        check.SuppressAlertIds.Add("a-none");
        machine.MustRefuse(Put(check), RefusalReason.NotFound);
    }

    [Fact]
    public void RemoveAlert_ThatChecksName_TakesItOutOfThem()
    {
        string ops = machine.AddAlert("ops");
        Check check = Check("web");
        check.AlertIds.Add(ops);
        string web = machine.Must(Put(check));
        machine.Must(new Command { RemoveAlert = new RemoveById { Id = "ops" } });

        Assert.True(machine.State.Checks.TryGet(web, out Check? after));
        Assert.Empty(after.AlertIds);
        Assert.Equal(machine.State.Version, after.ChangedIn);
    }

    [Fact]
    public void Version_CountsWhatOperatorsChangeOnly()
    {
        string web = machine.AddCheck("web");
        long version = machine.State.Version;
        machine.Must(new Command { Transition = new Transition { CheckId = web, To = CheckState.Up } });
        machine.Must(new Command { Checkpoint = new Checkpoint() });
        machine.MustRefuse(Put(Check("web")), RefusalReason.NameTaken);
        Assert.Equal(version, machine.State.Version);
        machine.AddCheck("mail");
        Assert.Equal((version + 1, Founder), (machine.State.Version, machine.State.UpdatedBy));
    }

    [Fact]
    public void Compact_NeverGoesBack()
    {
        machine.Must(new Command { Compact = new Compact { Index = 7 } });
        machine.Must(new Command { Compact = new Compact { Index = 3 } });
        Assert.Equal(7, machine.State.Compacted);
    }

    [Fact]
    public void SetResolvers_BeyondTheLimit_IsRefused()
    {
        SetResolvers nine = new();
        nine.Resolvers.AddRange(Enumerable.Range(1, 9).Select(static i => $"192.0.2.{i}"));
        machine.MustRefuse(new Command { SetResolvers = nine }, RefusalReason.Limit);
    }

    [Fact]
    public void PutAlert_BeyondTheLimit_IsRefused()
    {
        for (int i = 0; i < 1000; i++)
            machine.AddAlert($"alert-{i}");
        machine.MustRefuse(Put(Alert("one-more")), RefusalReason.Limit);
    }

    private static Command Put(Check check, long expected = 0) => new() { PutCheck = new PutCheck { Check = check, ExpectedChangedIn = expected } };

    private static Command Put(Alert alert, long expected = 0) => new() { PutAlert = new PutAlert { Alert = alert, ExpectedChangedIn = expected } };
}
