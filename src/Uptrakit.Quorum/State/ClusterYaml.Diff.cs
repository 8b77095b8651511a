namespace Uptrakit.Quorum.State;

internal static partial class ClusterYaml
{
    /// <summary>
    /// What the edit changes against the view it started from. Objects that are the same are not named, so what others
    /// changed meanwhile stays; each named one says which of its versions the editor saw.
    /// </summary>
    public static bool TryDiff(ClusterView baseView, ClusterEdit edit, out ApplyEdit? change, out IReadOnlyList<YamlFault> faults)
    {
        YamlFaults found = new();
        faults = found.Found;
        change = null;
        if (edit.Version != baseView.Version)
        {
            found.Add(edit.Document.At("version"),
                $"version: this edit starts from version {edit.Version}, not from {baseView.Version}; "
                + "leave the line as it is, or make the edit again in the present file");
            return false;
        }

        ApplyEdit difference = new() { BaseVersion = baseView.Version };
        MachineSections.Compare(baseView, edit, found);
        AlertEdits alerts = new(baseView.Alerts, edit.Alerts, removesOthers: true, found);
        alerts.AddTo(difference);
        CheckEdits checks = new(baseView.Checks, edit.Checks, removesOthers: true, alerts, found);
        checks.AddTo(difference);
        if (edit.Windows is not null)
            new WindowEdits(baseView.Windows, edit.Windows, removesOthers: true, checks, found).AddTo(difference);
        AddResolvers(baseView, edit, difference, found);
        if (found.Count > 0)
            return false;
        change = difference;
        return true;
    }

    private static void AddResolvers(ClusterView baseView, ClusterEdit edit, ApplyEdit difference, YamlFaults found)
    {
        if (edit.Resolvers.SequenceEqual(baseView.Resolvers))
            return;
        if (Validation.FaultOfResolvers(edit.Resolvers) is { } fault)
            found.Add(edit.Document.At("resolvers"), fault);
        difference.SetResolvers = new SetResolvers { Resolvers = { edit.Resolvers } };
    }
}
