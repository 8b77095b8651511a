using Uptrakit.Quorum.Configuration;
using Uptrakit.Quorum.Configuration.Import;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.State;

namespace Uptrakit.Tests.Configuration.Import;

/// <summary>What every import must do: become a file of ours that is taken without a fault, and then changes nothing more.</summary>
internal static class ImportRound
{
    public static void Check(Imported imported)
    {
        string file = new DeclarationWriter(imported.Present, withSecrets: true) { SaysResolvers = false }.Write("imported");
        TestMachine machine = new();
        machine.Must(new Command { ApplyEdit = PlanOf(machine, file).Edit });
        Assert.Empty(PlanOf(machine, file).Changes);
        Assert.Equal((imported.Checks.Count, imported.Alerts.Count), (machine.State.Checks.Count, machine.State.Alerts.Count));
        Assert.All(imported.Notes, note => Assert.DoesNotContain('\n', note));
    }

    private static Plan PlanOf(TestMachine machine, string file)
    {
        YamlFaults faults = new();
        Plan? plan = Declaration.Read(file, whole: false, faults) is { } declaration ? Plan.Make(Everything.PresentOf(machine), declaration, prune: false, faults) : null;
        Assert.True(plan is not null, $"{string.Join('\n', faults.Found)}\n{file}");
        return plan;
    }
}
