using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>How bad a message is, for colours, priorities and severities.</summary>
internal enum AlertTone
{
    /// <summary>Something has ended, or is asked for.</summary>
    Good,

    Notice,

    Warning,

    Bad,
}

/// <summary>Decides how bad a message is, and which incident it begins or ends.</summary>
internal static class AlertTones
{
    internal static AlertTone Of(AlertMessage message) => message.Kind switch
    {
        _ when message.Summed.Count > 0 => message.Summed.Max(Of),
        MessageKind.MemberLost or MessageKind.QuorumLost => AlertTone.Bad,
        MessageKind.Flapping or MessageKind.MemberClock or MessageKind.MemberExcluded => AlertTone.Warning,
        MessageKind.MemberBack or MessageKind.MemberClockRight or MessageKind.MemberIncluded or MessageKind.QuorumBack => AlertTone.Good,
        MessageKind.Unwatched => AlertTone.Notice,
        MessageKind.Test when !message.IsAboutCheck => AlertTone.Notice,
        _ => message.To switch
        {
            CheckState.Down => AlertTone.Bad,
            CheckState.Warn or CheckState.Degraded or CheckState.Unknown => AlertTone.Warning,
            CheckState.Maintenance => AlertTone.Notice,
            _ => AlertTone.Good,
        },
    };

    /// <summary>Whether it ends the incident of its key.</summary>
    internal static bool IsEnd(AlertMessage message) => message.Kind switch
    {
        MessageKind.Test when !message.IsAboutCheck => false,
        MessageKind.Unwatched => true,
        _ => Of(message) == AlertTone.Good || message.To == CheckState.Maintenance,
    };

    /// <summary>The same for all messages about one thing. What is only tried touches no real incident.</summary>
    /// <remarks>Of letters, digits and dashes: it is part of a path, and gateways quarrel about what is encoded there.</remarks>
    internal static string Incident(AlertMessage message) => message.Kind switch
    {
        MessageKind.Test => "uptrakit-test" + (message.IsAboutCheck ? "-" + message.CheckId : ""),
        MessageKind.MemberLost or MessageKind.MemberBack => $"uptrakit-member-{message.MemberId}-live",
        MessageKind.MemberExcluded or MessageKind.MemberIncluded => $"uptrakit-member-{message.MemberId}-votes",
        MessageKind.MemberClock or MessageKind.MemberClockRight => $"uptrakit-member-{message.MemberId}-clock",
        MessageKind.QuorumLost or MessageKind.QuorumBack => $"uptrakit-quorum-{message.NodeId}",
        _ => $"uptrakit-check-{message.CheckId}",
    };
}
