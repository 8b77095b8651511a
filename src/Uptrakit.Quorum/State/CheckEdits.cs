using Google.Protobuf.Collections;

namespace Uptrakit.Quorum.State;

/// <summary>The checks of an edit: what it puts and removes.</summary>
internal sealed class CheckEdits : ObjectEdits<Check>
{
    private readonly AlertEdits alerts;
    private readonly List<PutCheck> puts = [];
    private readonly HashSet<string> kept = [];

    public CheckEdits(ClusterView baseView, ClusterEdit edit, AlertEdits alerts, YamlFaults found)
        : base(found)
    {
        this.alerts = alerts;
        Start(baseView.Checks, edit.Checks);
        foreach (Edited<Check> each in edit.Checks)
            Take(each);
    }

    protected override string Kind => "check";

    public void AddTo(ApplyEdit difference)
    {
        difference.PutChecks.Add(puts);
        foreach (Check check in BaseById.Values.Where(check => !kept.Contains(check.Id)))
            difference.RemoveChecks.Add(new RemoveById { Id = check.Id, ExpectedChangedIn = check.ChangedIn });
    }

    protected override string IdOf(Check value) => value.Id;

    protected override string NameOf(Check value) => value.Name;

    private void Take(Edited<Check> edited)
    {
        Check? before = Before(edited);
        if (before is not null)
            kept.Add(before.Id);

        Check after = Merge(before, edited.Value);
        Resolve(edited, "alerts", edited.Value.AlertIds, after.AlertIds);
        Resolve(edited, "suppress_alerts", edited.Value.SuppressAlertIds, after.SuppressAlertIds);
        ResolveParents(edited, after.ParentIds);
        if (after.Equals(before))
            return;
        if (Validation.FaultOf(after) is { } fault)
            edited.At.Fault(fault, Found);
        puts.Add(new PutCheck { Check = after, ExpectedChangedIn = before?.ChangedIn ?? 0 });
        after.ChangedIn = 0;
    }

    private void Resolve(Edited<Check> edited, string field, RepeatedField<string> references, RepeatedField<string> ids)
    {
        string[] before = [.. ids];
        ids.Clear();
        foreach (string reference in references)
        {
            // A reference that dangled before the edit is not this editor's fault.
            if (alerts.TryResolve(reference, out string id, out string fault))
                ids.Add(id);
            else if (before.Contains(reference) && !alerts.Knew(reference))
                ids.Add(reference);
            else
                edited.At.Fault(field, fault, Found);
        }
    }

    /// <summary>The ids of the checks that are named; one that is new in this edit has none yet.</summary>
    private void ResolveParents(Edited<Check> edited, RepeatedField<string> ids)
    {
        ids.Clear();
        foreach (string reference in edited.Value.ParentIds)
        {
            Check? parent = BaseById.GetValueOrDefault(reference) ?? BaseById.Values.FirstOrDefault(check => check.Name == reference);
            if (parent is not null)
                ids.Add(parent.Id);
            else
                edited.At.Fault("parents", $"there is no check '{Validation.Shown(reference)}', or it is new in this edit: save it first", Found);
        }
    }

    // On a copy of what was: fields that a newer node wrote and this one does not know survive the edit.
    private static Check Merge(Check? before, Check edited)
    {
        Check after = before?.Clone() ?? new Check();
        after.Name = edited.Name;
        after.Type = edited.Type;
        after.Enabled = edited.Enabled;
        after.Target = edited.Target;
        after.IntervalMs = edited.IntervalMs;
        after.TimeoutMs = edited.TimeoutMs;
        foreach (CheckField field in CheckFields.Table)
            field.Set(after, field.IsFor(after.Type) ? field.Get(edited) : []);
        CheckFields.Tidy(after);
        after.Resolvers.Clear();
        after.Resolvers.Add(edited.Resolvers);
        return after;
    }
}
