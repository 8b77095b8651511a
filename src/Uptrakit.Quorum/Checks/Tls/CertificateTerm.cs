namespace Uptrakit.Quorum.Checks.Tls;

/// <summary>How long a certificate still holds, against the levels of a check.</summary>
internal static class CertificateTerm
{
    /// <summary>What its end makes of a finding: a warning below so many days, and the end itself in the report.</summary>
    internal static Finding Weigh(Finding finding, DateTimeOffset? ends, int warnDays, DateTimeOffset now)
    {
        if (ends is not { } end)
            return finding;
        Finding dated = finding with { CertificateEnds = end };
        return warnDays > 0 && end - now < TimeSpan.FromDays(warnDays) ? dated.With(Words(end, now)) : dated;
    }

    internal static string Words(DateTimeOffset end, DateTimeOffset now)
    {
        TimeSpan left = end - now;
        return left < TimeSpan.Zero ? $"the certificate has expired on {end:yyyy-MM-dd HH:mm} UTC"
            : left < TimeSpan.FromDays(2) ? $"the certificate ends on {end:yyyy-MM-dd HH:mm} UTC, in {left.TotalHours:0} hours"
            : $"the certificate ends on {end:yyyy-MM-dd}, in {(int)left.TotalDays} days";
    }
}
