using System.Globalization;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.Configuration;

/// <summary>One field of an object that is set, as text. A secret's text is for comparing only.</summary>
internal sealed record ObjectRow(string Field, string Text, bool IsSecret)
{
    /// <summary>Without the text: it may be a secret.</summary>
    public override string ToString() => Field;
}

/// <summary>Objects as lists of their fields, with the names of what they refer to.</summary>
internal sealed class ObjectRows(Present present)
{
    private readonly Dictionary<string, string> names = present.Alerts.Select(static alert => (alert.Id, alert.Name))
        .Concat(present.Checks.Select(static check => (check.Id, check.Name)))
        .ToDictionary(static pair => pair.Id, static pair => pair.Name);

    public IReadOnlyList<ObjectRow> Of(Check check) => Set(
    [
        Row("name", check.Name),
        Row("type", Kinds.Text(check.Type)),
        Row("enabled", check.Enabled ? "true" : "false"),
        Row("target", check.Target),
        Row("interval", Durations.Format(check.IntervalMs)),
        Row("timeout", Durations.Format(check.TimeoutMs)),
        .. CheckFields.For(check.Type).Select(field => Row(field, field.Get(check))),
        Row("alerts", Names(check.AlertIds)),
        Row("suppress_alerts", Names(check.SuppressAlertIds)),
        Row("parents", Names(check.ParentIds)),
        Row("resolvers", string.Join(", ", check.Resolvers)),
    ]);

    public static IReadOnlyList<ObjectRow> Of(Alert alert) => Set(
    [
        Row("name", alert.Name),
        Row("type", Kinds.Text(alert.Type)),
        Row("enabled", alert.Enabled ? "true" : "false"),
        Row("default", alert.IsDefault ? "true" : ""),
        Row("watches_cluster", alert.WatchesCluster ? "true" : ""),
        .. (AlertSchema.Of(alert.Type)?.Fields ?? []).Select(field => new ObjectRow(field.Name, TextOf(field, alert), IsHidden(field, alert))),
        Row("on", string.Join(", ", alert.On.Select(Kinds.Text))),
        Row("after", alert.AfterMs == 0 ? "" : Durations.Format(alert.AfterMs)),
        Row("most_per_hour", alert.MostPerHour == 0 ? "" : alert.MostPerHour.ToString(CultureInfo.InvariantCulture)),
        Row("subject", alert.Subject),
        Row("body", alert.Body),
    ]);

    public IReadOnlyList<ObjectRow> Of(MaintenanceWindow window) => Set(
    [
        Row("name", window.Name),
        Row("all", window.All ? "true" : ""),
        Row("checks", Names(window.CheckIds)),
        Row("tags", string.Join(", ", window.Tags)),
        Row("cron", window.Cron),
        Row("zone", window.Zone),
        Row("lasts", window.LastsMs == 0 ? "" : Durations.Format(window.LastsMs)),
        Row("from", window.FromMs == 0 ? "" : Moments.Text(window.FromMs)),
        Row("to", window.ToMs == 0 ? "" : Moments.Text(window.ToMs)),
    ]);

    private static ObjectRow[] Set(ObjectRow[] all) => [.. all.Where(static row => row.Text.Length > 0)];

    private static ObjectRow Row(string field, string text) => new(field, text, IsSecret: false);

    // What stands in a file or a variable may be told: only where it is, not what.
    private static ObjectRow Row(CheckField field, IReadOnlyList<string> values) => new(field.Name, string.Join(", ", values),
        field.IsSecret && values.Any(value => !Secrets.IsReference(field.SecretIn(value))));

    private static string TextOf(AlertField field, Alert alert) => !field.IsIn(alert) ? ""
        : field.Values(alert).ToList() is { Count: > 0 } values ? string.Join(", ", values)
        : Secrets.Shown(alert.Secrets[field.Name]);

    private static bool IsHidden(AlertField field, Alert alert) => field.IsSecret && !Secrets.IsReference(TextOf(field, alert));

    private string Names(IEnumerable<string> ids) => string.Join(", ", ids.Select(id => names.GetValueOrDefault(id, id)));
}
