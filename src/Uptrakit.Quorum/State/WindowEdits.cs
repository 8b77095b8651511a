namespace Uptrakit.Quorum.State;

/// <summary>The maintenance windows of an edit: what it puts and removes.</summary>
internal sealed class WindowEdits : ObjectEdits<MaintenanceWindow>
{
    private readonly List<PutWindow> puts = [];

    public WindowEdits(
        IReadOnlyList<MaintenanceWindow> present, IReadOnlyList<Edited<MaintenanceWindow>> edited, bool removesOthers, CheckEdits checks, YamlFaults found)
        : base(found, removesOthers)
    {
        Pair(present, edited);
        foreach ((MaintenanceWindow? before, Edited<MaintenanceWindow> each) in Pairs)
            Take(before, each, checks);
    }

    protected override string Kind => "maintenance window";

    public void AddTo(ApplyEdit difference)
    {
        difference.PutWindows.Add(puts);
        foreach (MaintenanceWindow window in Removed)
            difference.RemoveWindows.Add(new RemoveById { Id = window.Id, ExpectedChangedIn = window.ChangedIn });
    }

    protected override string IdOf(MaintenanceWindow value) => value.Id;

    protected override string NameOf(MaintenanceWindow value) => value.Name;

    private void Take(MaintenanceWindow? before, Edited<MaintenanceWindow> edited, CheckEdits checks)
    {
        MaintenanceWindow after = before?.Clone() ?? new MaintenanceWindow();
        MaintenanceWindow wanted = edited.Value;
        (after.Name, after.All, after.FromMs, after.ToMs) = (wanted.Name, wanted.All, wanted.FromMs, wanted.ToMs);
        (after.Cron, after.LastsMs, after.Zone) = (wanted.Cron, wanted.LastsMs, wanted.Zone);
        after.Tags.Clear();
        after.Tags.Add(wanted.Tags);
        checks.Resolve(edited.At, "checks", wanted.CheckIds, after.CheckIds);
        if (after.Equals(before))
            return;
        edited.At.Faults(MaintenanceWindows.FaultsOf(after), Found);
        if (after.Zone.Length > 0 && MaintenanceWindows.ZoneOf(after.Zone) is null)
            edited.At.Faults([$"zone: '{Validation.Shown(after.Zone)}' is not a time zone of this machine"], Found);
        puts.Add(new PutWindow { Window = after, ExpectedChangedIn = before?.ChangedIn ?? 0 });
        after.ChangedIn = 0;
    }
}
