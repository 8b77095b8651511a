using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration;

/// <summary>What becomes of an object.</summary>
internal enum PlanAction
{
    Add,
    Change,
    Remove,
}

/// <summary>One field of an object that will be another one. Of a secret only that is told, and the texts are empty.</summary>
internal sealed record FieldChange(string Field, string From, string To, bool IsSecret);

/// <summary>One object that will be there, be another one, or be gone.</summary>
internal sealed record PlannedChange(PlanAction Action, string Kind, string Name, IReadOnlyList<FieldChange> Fields);

/// <summary>The way from what there is to what a file says: for people, and as the one command that does it.</summary>
internal sealed record Plan(ApplyEdit Edit, IReadOnlyList<PlannedChange> Changes)
{
    public int Count(PlanAction action) => Changes.Count(change => change.Action == action);

    /// <summary>Compares; null when the file has faults.</summary>
    /// <param name="present">What there is.</param>
    /// <param name="file">What should be.</param>
    /// <param name="prune">Whether what the file does not name is removed.</param>
    /// <param name="faults">Where faults go, those of reading the file among them.</param>
    public static Plan? Make(Present present, Declaration file, bool prune, YamlFaults faults)
    {
        ApplyEdit edit = new() { BaseVersion = present.Version };
        AlertEdits alerts = new(present.Alerts, file.Alerts ?? [], prune, faults);
        alerts.AddTo(edit);
        CheckEdits checks = new(present.Checks, file.Checks ?? [], prune, alerts, faults);
        checks.AddTo(edit);
        new WindowEdits(present.Windows, file.Windows ?? [], prune, checks, faults).AddTo(edit);
        if (file.Resolvers is { } resolvers && !resolvers.SequenceEqual(present.Resolvers))
        {
            if (Validation.FaultOfResolvers(resolvers) is { } fault)
                faults.Add(file.Document.At("resolvers"), fault);
            edit.SetResolvers = new SetResolvers { Resolvers = { resolvers } };
        }

        return faults.Count > 0 ? null : new Plan(edit, [.. new PlanWriter(present, edit).Changes()]);
    }
}
