using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration;

/// <summary>Tells an edit in the words of people: names for ids, fields for messages.</summary>
internal sealed class PlanWriter(Present present, ApplyEdit edit)
{
    private readonly Dictionary<string, Check> checks = present.Checks.ToDictionary(static check => check.Id);
    private readonly Dictionary<string, Alert> alerts = present.Alerts.ToDictionary(static alert => alert.Id);
    private readonly Dictionary<string, MaintenanceWindow> windows = present.Windows.ToDictionary(static window => window.Id);
    private readonly ObjectRows rows = new(present);

    public IEnumerable<PlannedChange> Changes()
    {
        if (edit.SetResolvers is { } set)
        {
            yield return new PlannedChange(PlanAction.Change, "resolvers", "",
                [new FieldChange("servers", string.Join(", ", present.Resolvers), string.Join(", ", set.Resolvers), IsSecret: false)]);
        }

        foreach (PutAlert put in edit.PutAlerts)
            yield return Put("alert", put.Alert.Name, alerts.GetValueOrDefault(put.Alert.Id) is { } before ? ObjectRows.Of(before) : null, ObjectRows.Of(put.Alert));
        foreach (PutCheck put in edit.PutChecks)
            yield return Put("check", put.Check.Name, checks.GetValueOrDefault(put.Check.Id) is { } before ? rows.Of(before) : null, rows.Of(put.Check));
        foreach (PutWindow put in edit.PutWindows)
            yield return Put("maintenance", put.Window.Name, windows.GetValueOrDefault(put.Window.Id) is { } before ? rows.Of(before) : null, rows.Of(put.Window));
        foreach (RemoveById gone in edit.RemoveWindows)
            yield return new PlannedChange(PlanAction.Remove, "maintenance", windows[gone.Id].Name, []);
        foreach (RemoveById gone in edit.RemoveChecks)
            yield return new PlannedChange(PlanAction.Remove, "check", checks[gone.Id].Name, []);
        foreach (RemoveById gone in edit.RemoveAlerts)
            yield return new PlannedChange(PlanAction.Remove, "alert", alerts[gone.Id].Name, []);
    }

    private static PlannedChange Put(string kind, string name, IReadOnlyList<ObjectRow>? before, IReadOnlyList<ObjectRow> after)
    {
        List<FieldChange> fields = [];
        foreach (string field in after.Concat(before ?? []).Select(static row => row.Field).Distinct())
        {
            ObjectRow? from = before?.FirstOrDefault(row => row.Field == field);
            ObjectRow? to = after.FirstOrDefault(row => row.Field == field);
            if (from?.Text == to?.Text)
                continue;
            bool secret = from?.IsSecret == true || to?.IsSecret == true;
            fields.Add(new FieldChange(field, secret ? "" : from?.Text ?? "", secret ? "" : to?.Text ?? "", secret));
        }

        return new PlannedChange(before is null ? PlanAction.Add : PlanAction.Change, kind, name, fields);
    }
}
