using Uptrakit.Quorum.Checks;

namespace Uptrakit.Quorum.State;

/// <summary>The checks of an edit: what it puts and removes.</summary>
internal sealed class CheckEdits : ObjectEdits<Check>
{
    private readonly AlertEdits alerts;
    private readonly List<(Check After, long ChangedIn, Edited<Check> Edited)> puts = [];
    private readonly List<Check> unchanged = [];

    public CheckEdits(IReadOnlyList<Check> present, IReadOnlyList<Edited<Check>> edited, bool removesOthers, AlertEdits alerts, YamlFaults found)
        : base(found, removesOthers)
    {
        this.alerts = alerts;
        Pair(present, edited);
        foreach ((Check? before, Edited<Check> each) in Pairs)
            Take(before, each);
        unchanged.AddRange(Untouched);
    }

    protected override string Kind => "check";

    public void AddTo(ApplyEdit difference)
    {
        foreach (Check check in Removed)
            difference.RemoveChecks.Add(new RemoveById { Id = check.Id, ExpectedChangedIn = check.ChangedIn });

        // The cluster takes one after the other, and a parent must be there before its child.
        Dictionary<string, (Check After, long ChangedIn, Edited<Check> Edited)> byCall = [];
        foreach (var put in puts)
            byCall[CallOf(put.After)] = put;
        ParentOrder order = new(puts.Select(static put => put.After).Concat(unchanged), CallOf);
        foreach (Check check in order.Sorted.Where(check => byCall.TryGetValue(CallOf(check), out var put) && ReferenceEquals(put.After, check)))
            difference.PutChecks.Add(new PutCheck { Check = check, ExpectedChangedIn = byCall[CallOf(check)].ChangedIn });
        if (order.Cycle.FirstOrDefault(byCall.ContainsKey) is { } at)
            byCall[at].Edited.At.Fault("parents", "lead back to this check itself", Found);
    }

    protected override string IdOf(Check value) => value.Id;

    protected override string NameOf(Check value) => value.Name;

    private static string CallOf(Check check) => check.Id.Length > 0 ? check.Id : check.Name;

    private void Take(Check? before, Edited<Check> edited)
    {
        Check after = Merge(before, edited);
        alerts.Resolve(edited.At, "alerts", edited.Value.AlertIds, after.AlertIds);
        alerts.Resolve(edited.At, "suppress_alerts", edited.Value.SuppressAlertIds, after.SuppressAlertIds);
        Resolve(edited.At, "parents", edited.Value.ParentIds, after.ParentIds);
        if (after.Equals(before))
        {
            unchanged.Add(before);
            return;
        }

        string[] faults = [.. Validation.FaultsOf(after)];
        edited.At.Faults(faults, Found);
        // What is valid may still be nothing that can be probed; who saves it should learn it now, not from a check that is down.
        if (faults.Length == 0 && OptionFaults.Of(after) is { } fault && (before is null || OptionFaults.Of(before) != fault))
            Found.Add(edited.At.Map, $"check '{Validation.Shown(after.Name)}' cannot be probed: {fault}");
        puts.Add((after, before?.ChangedIn ?? 0, edited));
        after.ChangedIn = 0;
    }

    // On a copy of what was: fields that a newer node wrote and this one does not know survive the edit.
    private Check Merge(Check? before, Edited<Check> edited)
    {
        Check wanted = edited.Value;
        Check after = before?.Clone() ?? new Check();
        after.Name = wanted.Name;
        after.Type = wanted.Type;
        after.Enabled = wanted.Enabled;
        after.Target = wanted.Target;
        after.IntervalMs = wanted.IntervalMs;
        after.TimeoutMs = wanted.TimeoutMs;
        foreach (CheckField field in CheckFields.Table)
        {
            IReadOnlyList<string> values = field.IsFor(after.Type) ? field.Get(wanted) : [];
            field.Set(after, field.IsSecret ? WithKept(field, values, before, edited.At) : values);
        }

        CheckFields.Tidy(after);
        after.Resolvers.Clear();
        after.Resolvers.Add(wanted.Resolvers);
        return after;
    }

    /// <summary>What the file leaves as it is comes from what was there.</summary>
    private string[] WithKept(CheckField field, IReadOnlyList<string> values, Check? before, YamlFields at)
    {
        List<string> former = before is null ? [] : [.. field.Get(before)];
        List<string> all = [];
        foreach (string value in values)
        {
            string? kept = !value.EndsWith(Secrets.Kept, StringComparison.Ordinal) ? value
                : field.Shape == FieldShape.List ? KeptHeader(value, former)
                : value != Secrets.Kept ? value : former.Count > 0 ? former[0] : null;
            if (kept is null)
                at.Fault(field.Name, Secrets.NothingKept, Found);
            all.Add(kept ?? value);
        }

        return [.. all];
    }

    private static string? KeptHeader(string value, List<string> former)
    {
        int colon = value.IndexOf(':');
        if (value[(colon + 1)..].Trim() != Secrets.Kept)
            return value;
        int place = former.FindIndex(each => each.StartsWith(value[..(colon + 1)], StringComparison.OrdinalIgnoreCase));
        if (place < 0)
            return null;
        string kept = former[place];
        // A header may be there more than once.
        former.RemoveAt(place);
        return kept;
    }
}
