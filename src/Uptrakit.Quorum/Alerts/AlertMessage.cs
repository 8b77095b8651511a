using System.Globalization;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>One thing to tell one receiver, in clean text.</summary>
/// <remarks>Every text is one line without control characters, except <see cref="Text"/>, whose line breaks are ours.</remarks>
internal sealed record AlertMessage
{
    private const int MostReports = 32;
    private const int MostTags = 32;

    private AlertMessage()
    {
    }

    /// <summary>Unique; a receiver that sees it twice was told twice about one thing.</summary>
    internal required string Id { get; init; }

    internal required MessageKind Kind { get; init; }

    /// <summary>DOWN, RECOVERED, UP, WARN, DEGRADED, MAINTENANCE, UNKNOWN, REMINDER, FLAPPING, UNWATCHED, MEMBER LOST …, TEST or SUMMARY.</summary>
    internal required string Verb { get; init; }

    internal required string CheckId { get; init; }

    internal required string CheckName { get; init; }

    internal required CheckType CheckType { get; init; }

    /// <summary>As configured, without a user name and password.</summary>
    internal required string Target { get; init; }

    internal IReadOnlyList<string> Tags { get; init; } = [];

    internal string Group { get; init; } = "";

    internal required CheckState From { get; init; }

    internal required CheckState To { get; init; }

    internal required int Ok { get; init; }

    internal required int Total { get; init; }

    internal required string Detail { get; init; }

    /// <summary>What each node saw, when that is known.</summary>
    internal IReadOnlyList<SeenBy> Reports { get; init; } = [];

    internal required DateTimeOffset At { get; init; }

    /// <summary>How long the state before this one lasted; of a reminder, how long it has been like this.</summary>
    internal required TimeSpan Lasted { get; init; }

    /// <summary>The node that saw the transition.</summary>
    internal required string NodeId { get; init; }

    /// <summary>The member that the message is about; empty when it is about a check.</summary>
    internal string MemberId { get; init; } = "";

    internal AckedBy Acknowledged { get; init; } = AckedBy.None;

    /// <summary>What an alert with a limit per hour was not told one by one; empty for an ordinary message.</summary>
    internal IReadOnlyList<AlertMessage> Summed { get; init; } = [];

    /// <summary>The default words, plain.</summary>
    internal string Subject => AlertComposer.Default(this, Markup.Plain).Subject;

    internal string Text => AlertComposer.Default(this, Markup.Plain).Body;

    internal string AtText => TimeText(At);

    /// <summary>Whether it is about a check, and not about a member or the quorum.</summary>
    internal bool IsAboutCheck => CheckId.Length > 0;

    internal static AlertMessage Of(OutboxEntry entry) => new()
    {
        Id = entry.Id,
        Kind = entry.Kind,
        Verb = AlertText.Verb(entry.Kind, entry.From, entry.To, isAboutCheck: entry.CheckId.Length > 0),
        CheckId = entry.CheckId,
        CheckName = PlainText.Clean(entry.CheckName, AlertText.NameLimit),
        CheckType = entry.CheckType,
        Target = AlertText.PublicTarget(entry.Target),
        Tags = [.. entry.Tags.Take(MostTags).Select(t => PlainText.Clean(t, AlertText.NameLimit))],
        Group = PlainText.Clean(entry.Group, AlertText.NameLimit),
        From = entry.From,
        To = entry.To,
        Ok = entry.Ok,
        Total = entry.Total,
        Detail = PlainText.Clean(entry.Detail),
        Reports = [.. entry.Reports.Take(MostReports).Select(SeenBy.Of)],
        At = Moments.Of(entry.AtMs),
        Lasted = TimeSpan.FromMilliseconds(Math.Clamp(entry.LastedMs, 0, (long)TimeSpan.FromDays(36_500).TotalMilliseconds)),
        NodeId = PlainText.Clean(entry.NodeId, AlertText.NameLimit),
        MemberId = PlainText.Clean(entry.MemberId, AlertText.NameLimit),
        Acknowledged = AckedBy.Of(entry.Acknowledged),
    };

    /// <summary>What `alert test` sends: a message that is no transition of anything.</summary>
    internal static AlertMessage Test(string id, string nodeId, DateTimeOffset now) => Of(new OutboxEntry
    {
        Id = id,
        Kind = MessageKind.Test,
        CheckName = "test",
        Detail = "This is a test. Nothing is down.",
        AtMs = now.ToUnixTimeMilliseconds(),
        NodeId = nodeId,
    });

    /// <summary>Several messages in one, under the id of the first.</summary>
    /// <remarks>The same messages make the same summary: a repetition of it has the same id and the same words.</remarks>
    internal static AlertMessage Summary(IReadOnlyList<AlertMessage> messages) =>
        messages[0] with { Verb = AlertText.SummaryVerb, Summed = messages };

    internal static string TimeText(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

/// <summary>What one node saw of the check.</summary>
internal sealed record SeenBy(string Node, bool Ok, string Detail, long LatencyMs)
{
    internal static SeenBy Of(NodeReport report) =>
        new(PlainText.Clean(report.NodeId, AlertText.NameLimit), report.Ok, PlainText.Clean(report.Detail), Math.Max(0, report.LatencyMs));
}

/// <summary>Who has acknowledged it, clean.</summary>
internal sealed record AckedBy(string By, string Note, string Until)
{
    internal static AckedBy None { get; } = new("", "", "");

    internal static AckedBy Of(Acknowledgement? given) => given is null
        ? None
        : new AckedBy(
            PlainText.Clean(given.By, AlertText.NameLimit),
            PlainText.Clean(given.Note),
            given.UntilMs > 0 ? AlertMessage.TimeText(Moments.Of(given.UntilMs)) : "");
}
