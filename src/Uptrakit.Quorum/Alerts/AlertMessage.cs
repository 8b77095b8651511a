using System.Globalization;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>One thing to tell one receiver, in clean text.</summary>
/// <remarks>Every text is one line without control characters, except <see cref="Text"/>, whose line breaks are ours.</remarks>
internal sealed record AlertMessage
{
    private AlertMessage()
    {
    }

    /// <summary>Unique; a receiver that sees it twice was told twice about one thing.</summary>
    internal required string Id { get; init; }

    /// <summary>DOWN, RECOVERED, UP, UNKNOWN or TEST.</summary>
    internal required string Verb { get; init; }

    internal required string CheckId { get; init; }

    internal required string CheckName { get; init; }

    internal required CheckType CheckType { get; init; }

    /// <summary>As configured, without a user name and password.</summary>
    internal required string Target { get; init; }

    internal required CheckState From { get; init; }

    internal required CheckState To { get; init; }

    internal required int Ok { get; init; }

    internal required int Total { get; init; }

    internal required string Detail { get; init; }

    internal required DateTimeOffset At { get; init; }

    /// <summary>How long the state before this one lasted.</summary>
    internal required TimeSpan Lasted { get; init; }

    /// <summary>The node that saw the transition.</summary>
    internal required string NodeId { get; init; }

    internal string Subject => AlertText.Subject(this);

    internal string Text => AlertText.Body(this);

    internal string AtText => At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    internal static AlertMessage Of(OutboxEntry entry) => new()
    {
        Id = entry.Id,
        Verb = VerbOf(entry.From, entry.To),
        CheckId = entry.CheckId,
        CheckName = PlainText.Clean(entry.CheckName, AlertText.NameLimit),
        CheckType = entry.CheckType,
        Target = AlertText.PublicTarget(entry.Target),
        From = entry.From,
        To = entry.To,
        Ok = entry.Ok,
        Total = entry.Total,
        Detail = PlainText.Clean(entry.Detail),
        At = Moment(entry.AtMs),
        Lasted = TimeSpan.FromMilliseconds(Math.Clamp(entry.LastedMs, 0, (long)TimeSpan.FromDays(36_500).TotalMilliseconds)),
        NodeId = PlainText.Clean(entry.NodeId, AlertText.NameLimit),
    };

    /// <summary>What `alert test` sends: a message that is no transition of anything.</summary>
    internal static AlertMessage Test(string id, string nodeId, DateTimeOffset now) =>
        Of(new OutboxEntry
        {
            Id = id,
            CheckName = "test",
            Detail = "This is a test. Nothing is down.",
            AtMs = now.ToUnixTimeMilliseconds(),
            NodeId = nodeId,
        }) with
        { Verb = "TEST" };

    private static string VerbOf(CheckState from, CheckState to) => (from, to) switch
    {
        (_, CheckState.Down) => "DOWN",
        (CheckState.Down, CheckState.Up) => "RECOVERED",
        (_, CheckState.Up) => "UP",
        _ => "UNKNOWN",
    };

    // A time that no calendar has must not stop the alert.
    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(milliseconds, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
