using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>What the operator wants a check to be; null is what is not to change.</summary>
internal sealed record CheckEdits(
    string? Name = null,
    string? Target = null,
    TimeSpan? Interval = null,
    TimeSpan? Timeout = null,
    string[]? Alerts = null,
    string[]? SuppressAlerts = null,
    string[]? Resolvers = null,
    int? ExpectStatus = null,
    string? BodyMatch = null)
{
    internal bool AreNone => this == new CheckEdits();

    /// <summary>Names an option that does not fit this kind of check; null when there is none.</summary>
    internal string? FaultFor(CheckType type) => type switch
    {
        not CheckType.Http when ExpectStatus is not null => $"--expect is for http checks, not {StateWords.Of(type)}",
        not CheckType.Http when BodyMatch is not null => $"--body-match is for http checks, not {StateWords.Of(type)}",
        CheckType.Http when Target is not null && Validation.FaultOfUrl(Target) is string fault => $"--target: {fault}",
        CheckType.Tcp when Target is not null && Validation.FaultOfHostPort(Target) is string fault => $"--target: {fault}",
        _ => null,
    };

    /// <summary>Writes everything but the alerts, whose names must be looked up first.</summary>
    internal void ApplyTo(Check check)
    {
        check.Name = Name ?? check.Name;
        check.Target = Target ?? check.Target;
        check.IntervalMs = (long?)Interval?.TotalMilliseconds ?? check.IntervalMs;
        check.TimeoutMs = (long?)Timeout?.TotalMilliseconds ?? check.TimeoutMs;
        check.ExpectStatus = ExpectStatus ?? check.ExpectStatus;
        check.BodyMatch = BodyMatch ?? check.BodyMatch;
        if (Resolvers is not null)
        {
            check.Resolvers.Clear();
            check.Resolvers.AddRange(Resolvers);
        }
    }
}
