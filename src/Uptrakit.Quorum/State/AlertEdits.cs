using Uptrakit.Quorum.Alerts.Schema;

namespace Uptrakit.Quorum.State;

/// <summary>The alerts of an edit: what it puts and removes, and what its checks may name.</summary>
internal sealed class AlertEdits : ObjectEdits<Alert>
{
    private readonly List<PutAlert> puts = [];

    public AlertEdits(IReadOnlyList<Alert> present, IReadOnlyList<Edited<Alert>> edited, bool removesOthers, YamlFaults found)
        : base(found, removesOthers)
    {
        Pair(present, edited);
        foreach ((Alert? before, Edited<Alert> each) in Pairs)
            Take(before, each);
    }

    protected override string Kind => "alert";

    public void AddTo(ApplyEdit difference)
    {
        difference.PutAlerts.Add(puts);
        foreach (Alert alert in Removed)
            difference.RemoveAlerts.Add(new RemoveById { Id = alert.Id, ExpectedChangedIn = alert.ChangedIn });
    }

    protected override string IdOf(Alert value) => value.Id;

    protected override string NameOf(Alert value) => value.Name;

    private void Take(Alert? before, Edited<Alert> edited)
    {
        Alert after = Merge(before, edited.Value);
        foreach (AlertField field in AlertSchema.Of(after.Type)?.Fields ?? [])
            KeepSecret(before, after, field, edited.At);
        if (after.Equals(before))
            return;
        edited.At.Faults(Validation.FaultsOf(after), Found);
        puts.Add(new PutAlert { Alert = after, ExpectedChangedIn = before?.ChangedIn ?? 0 });
        after.ChangedIn = 0;
    }

    /// <summary>A secret that the file leaves as it is, or that is the same, stays where it stands: it has two places, one older.</summary>
    private void KeepSecret(Alert? before, Alert after, AlertField field, YamlFields at)
    {
        if (!field.IsSecret || field.Values(after).FirstOrDefault() is not { } value)
            return;
        bool keeps = value == Secrets.Kept;
        bool there = before?.Type == after.Type && field.IsIn(before);
        if (keeps && !there)
            at.Fault(field.Name, Secrets.NothingKept, Found);
        if (!there || (!keeps && field.Values(before!).FirstOrDefault() != value))
            return;
        field.Set(after, "");
        if (before!.Secrets.TryGetValue(field.Name, out Secret? secret))
            after.Secrets[field.Name] = secret.Clone();
        else if (field.Name == "url")
            after.Url = before.Url;
        else
            after.Secret = before.Secret;
    }

    // On a copy of what was: fields that a newer node wrote and this one does not know survive the edit.
    private static Alert Merge(Alert? before, Alert edited)
    {
        Alert after = before?.Clone() ?? new Alert();
        after.Name = edited.Name;
        after.Type = edited.Type;
        after.Enabled = edited.Enabled;
        after.IsDefault = edited.IsDefault;
        after.Url = edited.Url;
        after.Secret = edited.Secret;
        after.Smtp = edited.Smtp;
        after.Settings.Clear();
        after.Settings.Add(edited.Settings);
        after.Secrets.Clear();
        after.Secrets.Add(edited.Secrets);
        after.Subject = edited.Subject;
        after.Body = edited.Body;
        after.On.Clear();
        after.On.AddRange(edited.On);
        after.MostPerHour = edited.MostPerHour;
        after.AfterMs = edited.AfterMs;
        after.WatchesCluster = edited.WatchesCluster;
        return after;
    }
}
