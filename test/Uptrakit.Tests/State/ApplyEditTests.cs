using Uptrakit.Quorum.State;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.State;

public sealed class ApplyEditTests
{
    private readonly TestMachine machine = new();

    [Fact]
    public void Edit_WhoseLastPartIsRefused_ChangesNothing()
    {
        machine.AddCheck("web");
        machine.AddCheck("mail");
        long version = machine.State.Version;
        machine.MustRefuse(
            Edit(new ApplyEdit
            {
                RemoveChecks = { new RemoveById { Id = "mail" } },
                PutAlerts = { new PutAlert { Alert = Alert("ops") } },
                PutChecks = { new PutCheck { Check = Check("shop") }, new PutCheck { Check = Check("web") } },
            }),
            RefusalReason.NameTaken);
        Assert.Equal(version, machine.State.Version);
    }

    [Fact]
    public void Edit_OfSeveralObjects_IsOneVersionAndGivesEachItsOwnId()
    {
        machine.AddCheck("mail");
        long version = machine.State.Version;
        machine.Must(Edit(new ApplyEdit
        {
            RemoveChecks = { new RemoveById { Id = "mail" } },
            PutAlerts = { new PutAlert { Alert = Alert("ops") }, new PutAlert { Alert = Alert("dev") } },
            PutChecks = { new PutCheck { Check = Check("mail") }, new PutCheck { Check = Check("shop") } },
            SetResolvers = new SetResolvers { Resolvers = { "192.0.2.1" } },
        }));

        Assert.Equal(version + 1, machine.State.Version);
        Assert.Equal(["mail", "shop"], machine.State.Checks.Values.Select(static c => c.Name).Order());
        Assert.Equal(2, machine.State.Alerts.Count);
        Assert.Equal(["192.0.2.1"], machine.State.Resolvers);
    }

    [Fact]
    public void Edit_OfWhatSomebodyChangedMeanwhile_IsRefused()
    {
        string web = machine.AddCheck("web");
        long seen = machine.State.Version;
        machine.Must(new Command { PutCheck = new PutCheck { Check = Check("shop", web) } });
        machine.MustRefuse(
            Edit(new ApplyEdit { BaseVersion = seen, PutChecks = { new PutCheck { Check = Check("web", web), ExpectedChangedIn = seen } } }),
            RefusalReason.Conflict);
    }

    [Fact]
    public void Edit_OfOtherObjectsThanSomebodyChangedMeanwhile_IsTaken()
    {
        string web = machine.AddCheck("web");
        long seen = machine.State.Version;
        machine.AddCheck("mail");
        machine.Must(Edit(new ApplyEdit { BaseVersion = seen, PutChecks = { new PutCheck { Check = Check("shop", web), ExpectedChangedIn = seen } } }));
        Assert.Equal(["mail", "shop"], machine.State.Checks.Values.Select(static c => c.Name).Order());
    }

    [Fact]
    public void Edit_OfResolversThatWereChangedMeanwhile_IsRefused()
    {
        long seen = machine.State.Version;
        machine.Must(new Command { SetResolvers = new SetResolvers { Resolvers = { "192.0.2.1" } } });
        machine.MustRefuse(
            Edit(new ApplyEdit { BaseVersion = seen, SetResolvers = new SetResolvers { Resolvers = { "192.0.2.2" } } }), RefusalReason.Conflict);
        machine.Must(Edit(new ApplyEdit { BaseVersion = machine.State.Version, SetResolvers = new SetResolvers() }));
        Assert.Empty(machine.State.Resolvers);
    }

    [Fact]
    public void Edit_ThatRemovesAnAlertAndEditsTheCheckThatNamedIt_IsTaken()
    {
        (string web, string ops) = CheckWithAlert();
        long seen = machine.State.Version;
        machine.Must(Edit(new ApplyEdit
        {
            BaseVersion = seen,
            RemoveAlerts = { new RemoveById { Id = ops } },
            PutChecks = { new PutCheck { Check = Check("shop", web), ExpectedChangedIn = seen } },
        }));
        Assert.Equal("shop", Assert.Single(machine.State.Checks.Values).Name);
    }

    [Fact]
    public void Edit_ThatRemovesAnAlert_StillSeesThatItsCheckWasChangedBySomebodyElse()
    {
        (string web, string ops) = CheckWithAlert();
        long seen = machine.State.Version;
        Check other = Check("mail", web);
        other.AlertIds.Add(ops);
        machine.Must(new Command { PutCheck = new PutCheck { Check = other } });
        machine.MustRefuse(
            Edit(new ApplyEdit
            {
                BaseVersion = seen,
                RemoveAlerts = { new RemoveById { Id = ops } },
                PutChecks = { new PutCheck { Check = Check("shop", web), ExpectedChangedIn = seen } },
            }),
            RefusalReason.Conflict);
    }

    private (string Check, string Alert) CheckWithAlert()
    {
        string ops = machine.AddAlert("ops");
        Check check = Check("web");
        check.AlertIds.Add(ops);
        return (machine.Must(new Command { PutCheck = new PutCheck { Check = check } }), ops);
    }

    private static Command Edit(ApplyEdit edit) => new() { ApplyEdit = edit };
}
