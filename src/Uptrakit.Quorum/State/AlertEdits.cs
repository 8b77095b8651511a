namespace Uptrakit.Quorum.State;

/// <summary>The alerts of an edit: what it puts and removes, and what its checks may name.</summary>
internal sealed class AlertEdits : ObjectEdits<Alert>
{
    private readonly List<PutAlert> puts = [];
    private readonly HashSet<string> kept = [];
    private readonly HashSet<string> names = [];
    private readonly Dictionary<string, string> idByName = [];

    public AlertEdits(ClusterView baseView, ClusterEdit edit, YamlFaults found)
        : base(found)
    {
        Start(baseView.Alerts, edit.Alerts);
        foreach (Edited<Alert> each in edit.Alerts)
            Take(each);
    }

    protected override string Kind => "alert";

    public void AddTo(ApplyEdit difference)
    {
        difference.PutAlerts.Add(puts);
        foreach (Alert alert in BaseById.Values.Where(alert => !kept.Contains(alert.Id)))
            difference.RemoveAlerts.Add(new RemoveById { Id = alert.Id, ExpectedChangedIn = alert.ChangedIn });
    }

    /// <summary>The id of an alert that is there after the edit, from its id or name; or why there is none.</summary>
    public bool TryResolve(string reference, out string id, out string fault)
    {
        id = reference;
        fault = "";
        if (kept.Contains(reference) || idByName.TryGetValue(reference, out id!))
            return true;
        id = "";
        string shown = Validation.Shown(reference);
        if (names.Contains(reference))
            fault = $"the alert '{shown}' is new in this edit and has no id yet; save it first, then name it in checks";
        else if (Knew(reference))
            fault = $"the alert '{shown}' is removed or renamed by this edit";
        else
            fault = $"there is no alert '{shown}'";
        return false;
    }

    /// <summary>Whether that was the id or name of an alert before the edit.</summary>
    public bool Knew(string reference) => BaseById.ContainsKey(reference) || BaseById.Values.Any(alert => alert.Name == reference);

    protected override string IdOf(Alert value) => value.Id;

    protected override string NameOf(Alert value) => value.Name;

    private void Take(Edited<Alert> edited)
    {
        Alert? before = Before(edited);
        names.Add(edited.Value.Name);
        if (before is not null)
        {
            kept.Add(before.Id);
            idByName[edited.Value.Name] = before.Id;
        }

        Alert after = Merge(before, edited.Value);
        if (after.Equals(before))
            return;
        if (Validation.FaultOf(after) is { } fault)
            edited.At.Fault(fault, Found);
        puts.Add(new PutAlert { Alert = after, ExpectedChangedIn = before?.ChangedIn ?? 0 });
        after.ChangedIn = 0;
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
        after.WatchesCluster = edited.WatchesCluster;
        return after;
    }
}
