using Uptrakit.Quorum.Configuration;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.State;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.Configuration;

public sealed class PlanTests
{
    private const string Small = """
        alerts:
          - name: ops
            type: webhook
            url: https://hooks.example.org/geheim
        checks:
          - {name: child, type: tcp, target: "127.0.0.1:9", parents: [web], alerts: [ops]}
          - {name: web, type: http, target: "https://example.org/", parents: [router]}
          - {name: router, type: icmp, target: 192.0.2.1}
        maintenance:
          - {name: nightly, cron: "30 2 * * *", lasts: 45m, checks: [web]}
        """;

    [Fact]
    public void Options_OfTheTable_AreAllInTheExample() => Assert.Empty(CheckFields.Table.Select(field => field.Name).Except(Everything.Values.Keys));

    [Fact]
    public void EveryOption_ExportedWithSecretsAndAppliedElsewhere_IsTheSame()
    {
        TestMachine here = Everything.Machine();
        TestMachine elsewhere = new();
        string file = Export(here, secrets: true);

        elsewhere.Must(new Command { ApplyEdit = PlanOf(elsewhere, file).Edit });

        Assert.Equal(file, Export(elsewhere, secrets: true));
        Assert.Empty(PlanOf(elsewhere, file, prune: true).Changes);
        Assert.Empty(PlanOf(here, file, prune: true).Changes);
    }

    [Fact]
    public void EveryOption_ExportedWithoutSecrets_ChangesNothingHere()
    {
        TestMachine machine = Everything.Machine();

        string file = Export(machine, secrets: false);

        Assert.DoesNotContain("geheim", file, StringComparison.Ordinal);
        Assert.Contains("file:/etc/quptime/secrets/key", file, StringComparison.Ordinal);
        Assert.Contains("# in the cluster's state", file, StringComparison.Ordinal);
        Assert.Empty(PlanOf(machine, file, prune: true).Changes);
    }

    [Fact]
    public void ExportWithoutSecrets_AppliedElsewhere_IsRefusedWhereOneIsMissing()
    {
        TestMachine here = Everything.Machine();

        YamlFaults faults = FaultsOf(new TestMachine(), Export(here, secrets: false));

        Assert.Contains(faults.Found, fault => fault.Line > 0 && fault.Message.StartsWith("password: the cluster has none to keep", StringComparison.Ordinal));
        Assert.Contains(faults.Found, fault => fault.Message.StartsWith("headers: the cluster has none", StringComparison.Ordinal));
        Assert.Contains(faults.Found, fault => fault.Message.StartsWith("url: the cluster has none", StringComparison.Ordinal));
    }

    [Fact]
    public void NewObjects_ThatNameEachOther_AreOneChangeInWhateverOrder()
    {
        TestMachine machine = new();

        Plan plan = PlanOf(machine, Small);
        machine.Must(new Command { ApplyEdit = plan.Edit });

        Assert.Equal(5, plan.Count(PlanAction.Add));
        Assert.True(machine.State.Checks.TryFind("web", out Check? web) && machine.State.Checks.TryFind("child", out Check? child) && child.ParentIds.Contains(web.Id));
        Assert.Empty(PlanOf(machine, Small).Changes);
    }

    [Fact]
    public void Change_IsToldByField_AndSecretsOnlyAsChanged()
    {
        TestMachine machine = Machine();
        string edited = Small.Replace("/geheim", "/geheimer", StringComparison.Ordinal)
            .Replace("\"https://example.org/\"", "\"https://example.org/\", interval: 10s", StringComparison.Ordinal);

        Plan plan = PlanOf(machine, edited);

        Assert.Equal(["alert ops: url", "check web: interval"], plan.Changes.Select(change => $"{change.Kind} {change.Name}: {change.Fields.Single().Field}"));
        Assert.Equal(("30s", "10s"), (plan.Changes[1].Fields[0].From, plan.Changes[1].Fields[0].To));
        Assert.True(plan.Changes[0].Fields[0].IsSecret);
        Assert.DoesNotContain("geheim", string.Join(' ', plan.Changes.SelectMany(change => change.Fields)), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotNamed_StaysUnlessPruned()
    {
        TestMachine machine = Machine();
        const string less = "resolvers: []\nalerts: []\nmaintenance: []\nchecks:\n  - {name: router, type: icmp, target: 192.0.2.1}\n";

        Assert.Empty(PlanOf(machine, less).Changes);
        Plan pruned = PlanOf(machine, less, prune: true);
        machine.Must(new Command { ApplyEdit = pruned.Edit });

        Assert.Equal((0, 0, 4), (pruned.Count(PlanAction.Add), pruned.Count(PlanAction.Change), pruned.Count(PlanAction.Remove)));
        Assert.Equal(["router"], machine.State.Checks.Values.Select(check => check.Name));
        Assert.Equal((0, 0), (machine.State.Alerts.Count, machine.State.Windows.Count));
    }

    [Fact]
    public void Prune_OfAFileWithoutASection_IsAFault()
    {
        YamlFaults faults = FaultsOf(Machine(), "checks: []\nresolvers: []\nmaintenance: []\n", prune: true);

        Assert.Equal("'alerts' is missing, and what is not named would be removed; write 'alerts: []' for none", Assert.Single(faults.Found).Message);
    }

    [Fact]
    public void Window_WhoseChecksAreRemoved_MayBeChangedOrRemovedInTheSameEdit()
    {
        TestMachine machine = Machine();
        const string other = """
            resolvers: []
            alerts: []
            checks:
              - {name: router, type: icmp, target: 192.0.2.1}
            maintenance:
              - {name: nightly, cron: "30 2 * * *", lasts: 45m, checks: [router]}
            """;

        machine.Must(new Command { ApplyEdit = PlanOf(machine, other, prune: true).Edit });

        Assert.Empty(PlanOf(machine, other, prune: true).Changes);
    }

    [Fact]
    public void Change_ByAnotherOneMeanwhile_IsNotOverwritten()
    {
        TestMachine machine = Machine();
        Plan mine = PlanOf(machine, Small.Replace("192.0.2.1", "192.0.2.2", StringComparison.Ordinal));
        machine.Must(new Command { ApplyEdit = PlanOf(machine, Small.Replace("192.0.2.1", "192.0.2.3", StringComparison.Ordinal)).Edit });

        Outcome outcome = machine.MustRefuse(new Command { ApplyEdit = mine.Edit }, RefusalReason.Conflict);

        Assert.Contains("check 'router' was changed", outcome.Message, StringComparison.Ordinal);
        Assert.True(machine.State.Checks.TryFind("router", out Check? router) && router.Target == "192.0.2.3");
    }

    [Fact]
    public void Removal_OfWhatAnotherOneChangedMeanwhile_IsRefused()
    {
        TestMachine machine = Machine();
        Plan mine = PlanOf(machine, "resolvers: []\nalerts: []\nmaintenance: []\nchecks: []\n", prune: true);
        machine.Must(new Command { ApplyEdit = PlanOf(machine, Small.Replace("192.0.2.1", "192.0.2.3", StringComparison.Ordinal)).Edit });

        machine.MustRefuse(new Command { ApplyEdit = mine.Edit }, RefusalReason.Conflict);
    }

    [Fact]
    public void Name_TakenByAnotherOneMeanwhile_IsRefusedWhole()
    {
        TestMachine machine = new();
        Plan mine = PlanOf(machine, Small);
        machine.AddCheck("router");

        machine.MustRefuse(new Command { ApplyEdit = mine.Edit }, RefusalReason.NameTaken);

        Assert.Equal(0, machine.State.Alerts.Count);
    }

    [Fact]
    public void Parents_ThatLeadBack_AreAFaultAtTheirLine()
    {
        YamlFaults faults = FaultsOf(new TestMachine(), """
            checks:
              - {name: a, type: icmp, target: 192.0.2.1, parents: [b]}
              - {name: b, type: icmp, target: 192.0.2.1, parents: [c]}
              - {name: c, type: icmp, target: 192.0.2.1, parents: [a]}
            """);

        YamlFault fault = Assert.Single(faults.Found);
        Assert.Equal("parents: lead back to this check itself", fault.Message);
        Assert.InRange(fault.Line, 2, 4);
    }

    [Fact]
    public void Parents_TurnedRound_AreTaken()
    {
        TestMachine machine = Machine();
        string turned = Small.Replace(", parents: [router]", "", StringComparison.Ordinal).Replace("192.0.2.1}", "192.0.2.1, parents: [web]}", StringComparison.Ordinal);

        machine.Must(new Command { ApplyEdit = PlanOf(machine, turned).Edit });

        Assert.Empty(PlanOf(machine, turned).Changes);
    }

    [Fact]
    public void Parents_InAVeryLongChain_AreReadWithoutRecursion()
    {
        string chain = "checks:\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i =>
            $"  - {{name: n{i}, type: icmp, target: 192.0.2.1{(i < 19_999 ? $", parents: [n{i + 1}]" : "")}}}\n"));

        Plan plan = PlanOf(new TestMachine(), chain);

        Assert.Equal("n19999", plan.Edit.PutChecks[0].Check.Name);
    }

    [Fact]
    public void CheckThatCannotBeProbed_IsAFaultAtItsLine()
    {
        YamlFaults faults = FaultsOf(new TestMachine(), "checks:\n  - {name: a, type: http, target: \"https://example.org/\", json: [\"$.a matches (\"]}\n");

        YamlFault fault = Assert.Single(faults.Found);
        Assert.Equal((2, 5), (fault.Line, fault.Column));
        Assert.Contains("cannot be probed", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_OfAWholeFile_AreAllToldAtOnce()
    {
        YamlFaults faults = FaultsOf(Machine(), """
            version: 7
            cheks: []
            resolvers: [nonsense]
            alerts:
              - {name: mail, type: smtp, host: "no host", port: 99999, from: nobody, to: [a@b.example]}
              - {name: ops, type: webhook, url: "ftp://geheim.example.org", colour: blue}
              - {name: ops, type: nothing}
            checks:
              - {name: -x, type: http, target: "ftp://example.org", interval: 1ms, timeout: 1h, expect: 999, warn_days: 9999}
              - {name: y, type: http, target: "https://example.org/", alerts: [ops, nope], parents: [y2], user: u}
              - {id: c-000000000000, name: z, type: tcp, target: "x:1", verify: true}
              - {type: icmp, target: "-"}
              - 5
            maintenance:
              - {name: m, checks: [nope], from: yesterday, zone: Nowhere/At-All}
            """);

        string[] told = [.. faults.Found.Select(fault => $"{fault.Line:00} {fault.Message.Split(':', ' ', ';')[0]}").Order(StringComparer.Ordinal)];
        Assert.Equal(
        [
            "01 version", "02 'cheks'", "03 resolvers", "05 from", "05 host", "05 port", "06 'colour'", "06 url", "07 name", "07 type",
            "09 expect", "09 interval", "09 name", "09 target", "09 timeout", "09 warn_days", "10 alerts", "10 parents", "10 password",
            "11 id", "11 verify", "12 name", "12 target", "13 checks", "15 checks", "15 cron", "15 from", "15 zone",
        ], told);
        Assert.DoesNotContain(faults.Found, fault => fault.Message.Contains("geheim", StringComparison.Ordinal));
    }

    private static TestMachine Machine()
    {
        TestMachine machine = new();
        machine.Must(new Command { ApplyEdit = PlanOf(machine, Small).Edit });
        return machine;
    }

    private static string Export(TestMachine machine, bool secrets) => new DeclarationWriter(Everything.PresentOf(machine), secrets).Write();

    private static Plan PlanOf(TestMachine machine, string file, bool prune = false)
    {
        YamlFaults faults = new();
        Declaration? declaration = Declaration.Read(file, prune, faults);
        Plan? plan = declaration is null ? null : Plan.Make(Everything.PresentOf(machine), declaration, prune, faults);
        Assert.True(plan is not null, string.Join('\n', faults.Found));
        return plan;
    }

    private static YamlFaults FaultsOf(TestMachine machine, string file, bool prune = false)
    {
        YamlFaults faults = new();
        if (Declaration.Read(file, prune, faults) is { } declaration)
            Assert.Null(Plan.Make(Everything.PresentOf(machine), declaration, prune, faults));
        return faults;
    }
}
