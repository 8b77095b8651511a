using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>Messages to show templates with: `qu builder`, `check test` without a check, the tests.</summary>
internal static class SampleMessages
{
    private const long At = 1_767_323_045_000;
    private const string Node = "0b54a3f1-7d1c-4c55-9d0e-2f6f4f0a9c11";
    private const string Other = "7c1e0f52-1a2b-4c3d-8e9f-0a1b2c3d4e5f";

    internal static IReadOnlyList<CheckType> Types { get; } =
        [CheckType.Http, CheckType.Tcp, CheckType.Icmp, CheckType.Tls, CheckType.Dns, CheckType.Push];

    /// <summary>Name and message of every kind for a type of check.</summary>
    internal static IEnumerable<(string Name, AlertMessage Message)> For(CheckType type)
    {
        yield return ("down", Transition(type, CheckState.Up, CheckState.Down));
        yield return ("recovered", Transition(type, CheckState.Down, CheckState.Up));
        yield return ("warn", Transition(type, CheckState.Up, CheckState.Warn));
        yield return ("degraded", Transition(type, CheckState.Up, CheckState.Degraded));
        yield return ("reminder", AlertMessage.Of(Entry(type, MessageKind.Reminder, CheckState.Down, CheckState.Down)));
        yield return ("escalation", AlertMessage.Of(Entry(type, MessageKind.Escalation, CheckState.Down, CheckState.Down)));
        yield return ("flapping", AlertMessage.Of(Entry(type, MessageKind.Flapping, CheckState.Up, CheckState.Down)));
        OutboxEntry removed = Entry(type, MessageKind.Unwatched, CheckState.Down, CheckState.Unknown);
        removed.Detail = "it was removed";
        yield return ("unwatched", AlertMessage.Of(removed));
        foreach (MessageKind kind in (MessageKind[])[MessageKind.MemberLost, MessageKind.MemberBack, MessageKind.MemberClock,
            MessageKind.MemberClockRight, MessageKind.MemberExcluded, MessageKind.MemberIncluded, MessageKind.QuorumLost, MessageKind.QuorumBack])
            yield return (AlertText.Kind(kind), AlertMessage.Of(Cluster(kind)));
    }

    internal static AlertMessage Transition(CheckType type, CheckState from, CheckState to) =>
        AlertMessage.Of(Entry(type, MessageKind.Transition, from, to));

    private static OutboxEntry Entry(CheckType type, MessageKind kind, CheckState from, CheckState to)
    {
        int ok = to switch { CheckState.Down => 1, CheckState.Degraded => 2, _ => 3 };
        OutboxEntry entry = new()
        {
            Id = "m-0000000001af-00000",
            CheckId = "c-4be1f02a9c77",
            CheckName = "shop",
            CheckType = type,
            Target = TargetOf(type),
            Kind = kind,
            From = from,
            To = to,
            AtMs = At,
            Ok = ok,
            Total = 3,
            Detail = to == CheckState.Up ? "" : DetailOf(type, to),
            NodeId = Node,
            LastedMs = 3_723_000,
            Group = "customers",
        };
        entry.Tags.Add(["prod", "web"]);
        string[] nodes = [Node, Other, "f0a9c110-2f6f-4f0a-9c11-0b54a3f17d1c"];
        entry.Reports.Add(nodes.Select((n, i) => new NodeReport
        {
            NodeId = n,
            Ok = i < ok,
            Detail = i < ok ? "" : DetailOf(type, to),
            LatencyMs = 20 + 7 * i,
        }));
        if (kind != MessageKind.Reminder && to == CheckState.Up)
            entry.Acknowledged = new Acknowledgement { By = "kim", AtMs = At - 600_000, Note = "on it" };
        return entry;
    }

    private static OutboxEntry Cluster(MessageKind kind) => new()
    {
        Id = "m-0000000001b0-00000",
        Kind = kind,
        MemberId = kind is MessageKind.QuorumLost or MessageKind.QuorumBack ? "" : Other,
        AtMs = At,
        NodeId = Node,
        LastedMs = kind is MessageKind.MemberBack or MessageKind.MemberClockRight or MessageKind.MemberIncluded or MessageKind.QuorumBack ? 95_000 : 0,
        Detail = kind == MessageKind.MemberClock ? "It is 4.2 s ahead." : "",
    };

    private static string TargetOf(CheckType type) => type switch
    {
        CheckType.Http => "https://www.example.org/",
        CheckType.Tcp => "db.example.org:5432",
        CheckType.Icmp => "gw.example.org",
        CheckType.Tls => "www.example.org:443",
        CheckType.Dns => "example.org",
        _ => "backup of the night",
    };

    private static string DetailOf(CheckType type, CheckState to) => (type, to) switch
    {
        (CheckType.Http, CheckState.Warn) => "answered after 2.4 s",
        (CheckType.Http, _) => "HTTP 503, expected 2xx",
        (CheckType.Tcp, _) => "Connection refused",
        (CheckType.Icmp, CheckState.Warn) => "mean 180 ms",
        (CheckType.Icmp, _) => "no answer to 3 of 3",
        (CheckType.Tls, CheckState.Warn) => "the certificate ends in 9 days",
        (CheckType.Tls, _) => "the certificate ended 2 days ago",
        (CheckType.Dns, _) => "SERVFAIL",
        _ => "no beat for 26h",
    };
}
