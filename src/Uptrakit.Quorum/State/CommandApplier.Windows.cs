namespace Uptrakit.Quorum.State;

/// <summary>Maintenance windows.</summary>
internal static partial class CommandApplier
{
    private const int MaxWindows = 1_000;

    private static (ClusterState State, Outcome Outcome) PutWindow(Context c, PutWindow put, int ordinal = 0, bool restores = false)
    {
        MaintenanceWindow window = put.Window?.Clone() ?? new MaintenanceWindow();
        bool isNew = window.Id.Length == 0 || restores;
        MaintenanceWindow? former = null;
        if (restores && (window.Id.Length == 0 || c.State.Windows.TryGet(window.Id, out _)))
            return c.Refuse(RefusalReason.Conflict, $"maintenance window '{window.Name}': its id is missing, or taken by another one");
        // As it was before the command: an edit that removes the window's checks has changed it, or taken it along.
        if (!isNew && !c.Before.Windows.TryGet(window.Id, out former))
            return c.Refuse(RefusalReason.NotFound, $"there is no maintenance window {window.Id}: it has been removed");
        if (former is not null && put.ExpectedChangedIn != 0 && former.ChangedIn != put.ExpectedChangedIn)
            return c.Refuse(RefusalReason.Conflict, $"window '{former.Name}' was changed in version {former.ChangedIn}; look at it again and repeat the change");
        if (c.State.Windows.IsTaken(window.Name, window.Id))
            return c.Refuse(RefusalReason.NameTaken, $"a maintenance window named '{window.Name}' exists; choose another name");
        if (isNew && c.State.Windows.Count >= MaxWindows)
            return c.Refuse(RefusalReason.Limit, $"this cluster holds {MaxWindows} maintenance windows, which is the limit");
        if (MaintenanceWindows.FaultOf(window) is { } fault)
            return c.Refuse(RefusalReason.Invalid, fault);
        if (Identify(window.CheckIds, c.State.Checks, static k => k.Id) is { } missing)
            return c.Refuse(RefusalReason.NotFound, $"there is no check {missing}; 'qu check list' shows what there is");

        if (window.Id.Length == 0)
            window.Id = NewId("w-", c.Command, ordinal, id => c.State.Windows.TryGet(id, out _));
        window.ChangedIn = c.NextVersion;
        return (c.State with { Windows = WithoutOver(c).With(window.Id, window.Name, window, former?.Name) }, Outcomes.Done(window.Id));
    }

    private static (ClusterState State, Outcome Outcome) RemoveWindow(Context c, RemoveById remove)
    {
        if (!c.State.Windows.TryFind(remove.Id, out MaintenanceWindow? window))
            return c.Refuse(RefusalReason.NotFound, $"there is no maintenance window '{remove.Id}'; 'qu maintenance list' shows what there is");
        if (remove.ExpectedChangedIn != 0 && window.ChangedIn != remove.ExpectedChangedIn)
            return c.Refuse(RefusalReason.Conflict, $"window '{window.Name}' was changed in version {window.ChangedIn}; look at it again and repeat the removal");
        return (c.State with { Windows = c.State.Windows.Without(window.Id, window.Name) }, Outcomes.Done(window.Id));
    }

    /// <summary>Windows that came once and have been over for a month make room whenever one is put.</summary>
    private static Named<MaintenanceWindow> WithoutOver(Context c)
    {
        Named<MaintenanceWindow> kept = c.State.Windows;
        long over = c.Command.AtMs - (long)TimeSpan.FromDays(30).TotalMilliseconds;
        foreach (MaintenanceWindow window in c.State.Windows.Values.Where(window => window.Cron.Length == 0 && window.ToMs < over))
            kept = kept.Without(window.Id, window.Name);
        return kept;
    }
}
