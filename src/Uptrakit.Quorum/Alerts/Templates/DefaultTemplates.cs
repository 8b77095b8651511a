using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>A subject and a body as templates.</summary>
internal sealed record TemplatePair(string Subject, string Body);

/// <summary>What is sent when an alert has no words of its own.</summary>
internal static class DefaultTemplates
{
    private const string Facts =
        """

        Check: {{ check.name }} ({{ check.id }})
        Type: {{ check.type }}
        Target: {{ check.target }}
        {{ if check.group }}
        Group: {{ check.group }}
        {{ end }}
        State: {{ from }} -> {{ to }}
        Nodes that see it up: {{ snapshot.ok_count }} of {{ snapshot.total }}
        {{ if snapshot.detail }}
        Detail: {{ snapshot.detail }}
        {{ end }}
        {{ if ack.by }}
        Acknowledged: by {{ ack.by }}{{ if ack.until }} until {{ ack.until }}{{ end }}{{ if ack.note }}, {{ ack.note }}{{ end }}
        {{ end }}
        When: {{ when }}
        Node: {{ node_id }}
        Message: {{ id }}
        """;

    private const string ShortFacts =
        """

        {{ if member }}
        Member: {{ member }}
        {{ end }}
        When: {{ when }}
        Node: {{ node_id }}
        Message: {{ id }}
        """;

    private const string Detail = "{{ if snapshot.detail }} {{ snapshot.detail }}{{ end }}";

    internal static TemplatePair Of(CheckType type, MessageKind kind, bool isAboutCheck)
    {
        (string subject, string headline) = kind switch
        {
            MessageKind.Test when !isAboutCheck => ("[TEST] Uptrakit can reach you", "{{ snapshot.detail }}"),
            MessageKind.Test => ("[TEST] [{{ verb }}] {{ check.name }} ({{ check.type }})", "This is a test. " + Transition(type)),
            MessageKind.Transition => ("[{{ verb }}] {{ check.name }} ({{ check.type }})", Transition(type)),
            MessageKind.Reminder =>
                ("[REMINDER] {{ check.name }} is still {{ to }} ({{ check.type }})",
                    "{{ check.name }} is still {{ if to == \"warn\" }}past a warning level{{ else }}{{ to }}{{ end }}, for {{ lasted }} now."),
            MessageKind.Escalation =>
                ("[{{ verb }}] {{ check.name }} ({{ check.type }})",
                "{{ check.name }} has been down for {{ lasted }}, and nobody has acknowledged it."),
            MessageKind.Unwatched =>
                ("[{{ verb }}] {{ check.name }} ({{ check.type }})",
                "Nothing more is told here of {{ check.name }}."),
            MessageKind.Flapping =>
                ("[FLAPPING] {{ check.name }} ({{ check.type }})",
                "{{ check.name }} changes all the time. Single changes are not told until it is steady."),
            _ => (kind is MessageKind.QuorumLost or MessageKind.QuorumBack ? "[{{ verb }}] seen by {{ node_id }}" : "[{{ verb }}] {{ member }}",
                Cluster(kind)),
        };
        return new TemplatePair(subject, $"{headline}\n{(isAboutCheck ? Facts : ShortFacts)}");
    }

    private static string Transition(CheckType type)
    {
        string down = type switch
        {
            CheckType.Http => "does not answer as expected",
            CheckType.Tcp => "takes no connections",
            CheckType.Icmp => "does not answer to ping",
            CheckType.Tls => "has no certificate that could be relied on",
            CheckType.Dns => "does not give the expected answer",
            CheckType.Push => "has not been heard of",
            _ => "is down",
        };
        string warn = type switch
        {
            CheckType.Http or CheckType.Icmp => "works, but is slow or has a certificate that ends soon",
            CheckType.Tls => "has a certificate that ends soon",
            _ => "works, but has passed a warning level",
        };
        return "{{ if verb == \"DOWN\" }}{{ check.name }} " + down + "."
            + "{{ else if verb == \"RECOVERED\" }}{{ check.name }} is {{ if from == \"down\" }}up{{ else }}well{{ end }} again after {{ lasted }}."
            + "{{ else if verb == \"UP\" }}{{ check.name }} is up."
            + "{{ else if verb == \"WARN\" }}{{ check.name }} " + warn + "."
            + "{{ else if verb == \"DEGRADED\" }}{{ check.name }} is seen down by some nodes, too few to say that it is."
            + "{{ else if verb == \"MAINTENANCE\" }}{{ check.name }} is in maintenance."
            + "{{ else }}{{ check.name }}: too few nodes tell what its state is.{{ end }}";
    }

    private static string Cluster(MessageKind kind) => kind switch
    {
        MessageKind.MemberLost =>
            "Member {{ member }} has not been heard of{{ if lasted_seconds }} for {{ lasted }}{{ end }}." + Detail,
        MessageKind.MemberBack => "Member {{ member }} is back{{ if lasted_seconds }} after {{ lasted }}{{ end }}." + Detail,
        MessageKind.MemberClock => "The clock of member {{ member }} is off." + Detail,
        MessageKind.MemberClockRight => "The clock of member {{ member }} is right again{{ if lasted_seconds }} after {{ lasted }}{{ end }}." + Detail,
        MessageKind.MemberExcluded =>
            "Member {{ member }} fails most checks that the others see up: its votes do not count until that ends." + Detail,
        MessageKind.MemberIncluded => "The votes of member {{ member }} count again{{ if lasted_seconds }} after {{ lasted }}{{ end }}." + Detail,
        MessageKind.QuorumLost =>
            "Node {{ node_id }} sees no majority of the members: nothing is decided until it does." + Detail,
        MessageKind.QuorumBack => "Node {{ node_id }} sees a majority again{{ if lasted_seconds }} after {{ lasted }}{{ end }}.",
        _ => "{{ verb }}",
    };
}
