using System.Globalization;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>The words that messages are made of.</summary>
internal static class AlertText
{
    internal const int NameLimit = 100;
    internal const int TargetLimit = 300;
    internal const string SummaryVerb = "SUMMARY";

    internal static string Verb(MessageKind kind, CheckState from, CheckState to, bool isAboutCheck) => kind switch
    {
        MessageKind.Reminder => "REMINDER",
        MessageKind.Flapping => "FLAPPING",
        MessageKind.Unwatched => "UNWATCHED",
        MessageKind.MemberLost => "MEMBER LOST",
        MessageKind.MemberBack => "MEMBER BACK",
        MessageKind.MemberClock => "MEMBER CLOCK",
        MessageKind.MemberClockRight => "MEMBER CLOCK RIGHT",
        MessageKind.MemberExcluded => "MEMBER EXCLUDED",
        MessageKind.MemberIncluded => "MEMBER INCLUDED",
        MessageKind.QuorumLost => "QUORUM LOST",
        MessageKind.QuorumBack => "QUORUM BACK",
        MessageKind.Test when !isAboutCheck => "TEST",
        _ => Verb(from, to),
    };

    internal static string Kind(MessageKind kind) => kind switch
    {
        MessageKind.Transition => "transition",
        MessageKind.Reminder => "reminder",
        MessageKind.Flapping => "flapping",
        MessageKind.Escalation => "escalation",
        MessageKind.Unwatched => "unwatched",
        MessageKind.MemberLost => "member_lost",
        MessageKind.MemberBack => "member_back",
        MessageKind.MemberClock => "member_clock",
        MessageKind.MemberClockRight => "member_clock_right",
        MessageKind.MemberExcluded => "member_excluded",
        MessageKind.MemberIncluded => "member_included",
        MessageKind.QuorumLost => "quorum_lost",
        MessageKind.QuorumBack => "quorum_back",
        MessageKind.Test => "test",
        _ => "unknown",
    };

    internal static string Type(CheckType type) => Kinds.CheckTypes.Contains(type) ? Kinds.Text(type) : "unknown";

    /// <summary>The target without a password that somebody wrote into its URL.</summary>
    internal static string PublicTarget(string target)
    {
        if (Uri.TryCreate(target, UriKind.Absolute, out Uri? place) && place.UserInfo.Length > 0)
            target = place.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped);
        return PlainText.Clean(target, TargetLimit);
    }

    /// <summary>The two largest units that are not zero: "1d 2h", "5m 3s".</summary>
    internal static string Duration(TimeSpan time)
    {
        (long Count, string Unit)[] parts = [((long)time.TotalDays, "d"), (time.Hours, "h"), (time.Minutes, "m"), (time.Seconds, "s")];
        string[] shown = [.. parts.SkipWhile(p => p.Count == 0).Take(2).Where(p => p.Count > 0)
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Count}{p.Unit}"))];
        return shown.Length == 0 ? "0s" : string.Join(' ', shown);
    }

    private static string Verb(CheckState from, CheckState to) => (from, to) switch
    {
        (_, CheckState.Down) => "DOWN",
        (_, CheckState.Warn) => "WARN",
        (_, CheckState.Degraded) => "DEGRADED",
        (_, CheckState.Maintenance) => "MAINTENANCE",
        (CheckState.Down or CheckState.Warn or CheckState.Degraded, CheckState.Up) => "RECOVERED",
        (_, CheckState.Up) => "UP",
        _ => "UNKNOWN",
    };
}
