namespace Uptrakit.Controller.Authority;

/// <summary>How long things live.</summary>
internal static class Lifetimes
{
    internal const int RootYears = 20;
    internal const int IssuingYears = 5;

    internal static readonly TimeSpan Service = TimeSpan.FromDays(30);
    internal static readonly TimeSpan Server = TimeSpan.FromDays(90);

    /// <summary>A clock that is a little behind must not refuse what was made just now.</summary>
    internal static readonly TimeSpan Backdating = TimeSpan.FromMinutes(5);

    internal static readonly TimeSpan Crl = TimeSpan.FromHours(24);
    internal static readonly TimeSpan OcspAnswer = TimeSpan.FromHours(1);

    /// <summary>An issuing CA with less than this left should be replaced: its leaves would end with it.</summary>
    internal static readonly TimeSpan IssuingReserve = TimeSpan.FromDays(365);
}
