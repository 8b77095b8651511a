using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>A message as the names that a template may use.</summary>
internal static class AlertVariables
{
    internal static TemplateValue.Group Of(AlertMessage message) => Group(
        ("check", Group(
            ("name", Text(message.CheckName)),
            ("type", Text(AlertText.Type(message.CheckType))),
            ("target", Text(message.Target)),
            ("id", Text(message.CheckId)),
            ("tags", new TemplateValue.List([.. message.Tags.Select(Text)])),
            ("group", Text(message.Group)))),
        ("from", Text(Kinds.Text(message.From))),
        ("to", Text(Kinds.Text(message.To))),
        ("verb", Text(message.Verb)),
        ("verb_lower", Text(message.Verb.ToLowerInvariant())),
        ("snapshot", Group(
            ("reports", new TemplateValue.List([.. message.Reports.Select(Report)])),
            ("ok_count", new TemplateValue.Number(message.Ok)),
            ("not_ok", new TemplateValue.Number(Math.Max(0L, (long)message.Total - message.Ok))),
            ("total", new TemplateValue.Number(message.Total)),
            ("detail", Text(message.Detail)))),
        ("node_id", Text(message.NodeId)),
        ("when", Text(message.AtText)),
        ("lasted", Text(AlertText.Duration(message.Lasted))),
        ("lasted_seconds", new TemplateValue.Number((long)message.Lasted.TotalSeconds)),
        ("ack", Group(
            ("by", Text(message.Acknowledged.By)),
            ("note", Text(message.Acknowledged.Note)),
            ("until", Text(message.Acknowledged.Until)))),
        ("kind", Text(AlertText.Kind(message.Kind))),
        ("member", Text(message.MemberId)),
        ("id", Text(message.Id)));

    private static TemplateValue Report(SeenBy report) => Group(
        ("node", Text(report.Node)),
        ("ok", new TemplateValue.Flag(report.Ok)),
        ("detail", Text(report.Detail)),
        ("latency_ms", new TemplateValue.Number(report.LatencyMs)));

    private static TemplateValue Text(string value) => new TemplateValue.Text(value);

    private static TemplateValue.Group Group(params (string Name, TemplateValue Value)[] fields) =>
        new(fields.ToDictionary(f => f.Name, f => f.Value));
}
