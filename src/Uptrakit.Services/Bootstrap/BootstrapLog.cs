using Microsoft.Extensions.Logging;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Services.Bootstrap;

/// <summary>Event ids 2100-2199. A released id keeps its meaning or retires.</summary>
internal static partial class BootstrapLog
{
    [LoggerMessage(2101, LogLevel.Warning, "Removed {Count} unfinished files of an earlier run")]
    public static partial void LeftoversSwept(this ILogger logger, int count);

    [LoggerMessage(2102, LogLevel.Information, "The Controller at {Address} is verified ({Mode}); stored its CA {Anchors}")]
    public static partial void TrustStored(this ILogger logger, string address, string mode, string anchors);

    [LoggerMessage(2103, LogLevel.Error, "The Controller at {Address} is not trusted: {Words}")]
    public static partial void TrustRefused(this ILogger logger, string address, string words);

    [LoggerMessage(2104, LogLevel.Error, "Demanded {Demanded}, found {Found}")]
    public static partial void BothFingerprints(this ILogger logger, string demanded, string found);

    [LoggerMessage(2105, LogLevel.Information, "The Controller is not reached: {Words}; next try in {Seconds:0.0} s")]
    public static partial void Unreachable(this ILogger logger, string words, double seconds);

    [LoggerMessage(2106, LogLevel.Warning, "INSECURE: nothing verifies the Controller at {Address}; anyone between here and there can be it. CA fingerprint seen: {Seen}")]
    public static partial void Insecure(this ILogger logger, string address, CertificateFingerprint seen);

    [LoggerMessage(2107, LogLevel.Warning, "--tofu-insecure: the stored CA and any pin in a token are not used on this run")]
    public static partial void StoredTrustIgnored(this ILogger logger);

    [LoggerMessage(2108, LogLevel.Warning, "--tofu-skip-hostname: every server with a certificate of the Controller's CA is taken for the Controller")]
    public static partial void HostnameSkipped(this ILogger logger);

    [LoggerMessage(2109, LogLevel.Information, "Enrolled at Controller {Controller} as {Service}; the certificate is valid until {NotAfter:u}")]
    public static partial void Enrolled(this ILogger logger, Guid controller, Guid service, DateTimeOffset notAfter);

    [LoggerMessage(2110, LogLevel.Warning, "Waiting for approval: compare this fingerprint with the one that the Dashboard shows for the waiting Service: {Fingerprint}")]
    public static partial void WaitingForApproval(this ILogger logger, string fingerprint);

    [LoggerMessage(2111, LogLevel.Error, "The Controller refuses to enroll this Service: {Words}")]
    public static partial void EnrollmentRefused(this ILogger logger, string words);

    [LoggerMessage(2112, LogLevel.Error, "{Words}")]
    public static partial void StateRefused(this ILogger logger, string words);

    [LoggerMessage(2113, LogLevel.Information, "Enrolled already; the enrollment token is not used (--force-enroll enrolls anew)")]
    public static partial void TokenNotNeeded(this ILogger logger);

    [LoggerMessage(2114, LogLevel.Warning, "The stored state is replaced (--force-enroll) as soon as the new enrollment has succeeded; it is not usable as it is: {Words}")]
    public static partial void BrokenStateReplaced(this ILogger logger, string words);

    [LoggerMessage(2115, LogLevel.Information, "Loaded {Count} roots of this host from {Places}")]
    public static partial void NativeRoots(this ILogger logger, int count, string places);

    [LoggerMessage(2116, LogLevel.Warning, "The bundle at {Address} (--pki-addr) is not used: {Words}")]
    public static partial void PkiNotUsed(this ILogger logger, string address, string words);

    [LoggerMessage(2117, LogLevel.Information, "Uptrakit {Program} {Version} starts; state in {Folder}, trust mode {Mode}")]
    public static partial void Starts(this ILogger logger, string program, string version, string folder, string mode);
}
