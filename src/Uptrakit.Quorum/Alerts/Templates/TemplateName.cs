namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>One name that a template may use.</summary>
/// <param name="Path">As it is written: check.name.</param>
/// <param name="Items">Null when it is no list; empty when it is a list of texts; else the fields of each item.</param>
internal sealed record TemplateName(string Path, string Help, IReadOnlyList<string>? Items = null);

/// <summary>All names that a template may use. Anything else is a fault before anything is sent.</summary>
internal static class TemplateNames
{
    internal static IReadOnlyList<TemplateName> All { get; } =
    [
        new("check.name", "the name of the check"),
        new("check.type", "http, tcp, icmp, tls, dns or push"),
        new("check.target", "what is watched, without a password"),
        new("check.id", "the id of the check"),
        new("check.tags", "the tags of the check", []),
        new("check.group", "its group on the status page"),
        new("from", "the state before: up, warn, degraded, down, unknown or maintenance"),
        new("to", "the state now"),
        new("verb", "what has happened: DOWN, RECOVERED, UP, WARN, DEGRADED, REMINDER, FLAPPING …"),
        new("verb_lower", "the same in small letters"),
        new("snapshot.reports", "what each node saw: node, ok, detail, latency_ms. Shown, it is their number",
            ["node", "ok", "detail", "latency_ms"]),
        new("snapshot.ok_count", "how many nodes see it up"),
        new("snapshot.not_ok", "how many do not"),
        new("snapshot.total", "how many nodes probe it"),
        new("snapshot.detail", "what was seen"),
        new("node_id", "the node that saw the change"),
        new("when", "2026-01-02T03:04:05Z; | date \"dd.MM. HH:mm\" \"+02:00\" shows it otherwise"),
        new("lasted", "how long the state before had lasted: 1h 2m"),
        new("lasted_seconds", "the same as a number"),
        new("ack.by", "who has acknowledged it; empty when nobody has"),
        new("ack.note", "what they noted"),
        new("ack.until", "until when; empty: until it recovers"),
        new("kind", "transition, reminder, flapping, test, member_lost, quorum_lost …"),
        new("member", "the member that a message is about"),
        new("id", "the id of the message; the same when it is sent again"),
    ];

    internal static IReadOnlyDictionary<string, TemplateName> ByPath { get; } = All.ToDictionary(n => n.Path);
}
