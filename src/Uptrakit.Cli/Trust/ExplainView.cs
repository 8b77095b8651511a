using System.Text.Json;
using Uptrakit.Contracts.Explain;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Cli.Trust;

/// <summary>What can be said of a server without trusting it, as programs read it.</summary>
/// <remarks>
/// Fingerprints are told only of a server that is accepted. Those of any other are an attacker's as likely as not, and the next
/// thing somebody would do with them is to pass them to `--tofu`.
/// </remarks>
internal sealed record ExplainView(
    string Server,
    DateTimeOffset Time,
    DateTimeOffset? ServerTime,
    string Mode,
    bool NameEnforced,
    string? Unreachable,
    bool? NameMatches,
    IReadOnlyList<ExplainedCertificateView> Chain,
    IReadOnlyList<ExplainedCertificateView> ServedBundle,
    string? BundleFault,
    ExplainedDecisionView? Decision,
    IReadOnlyList<ExplainedDecisionView> Others,
    string Pin,
    string Cause,
    string CauseWords,
    string NextStep)
{
    internal static ExplainView Of(string server, ExplainReport report)
    {
        bool tells = report is { Decision: { Accepted: true, Rule: not ServerRule.Unverified } };
        return new ExplainView(
            server, report.Time, report.ServerTime, ServerTrust.NameOf(report.Mode), report.NameEnforced, report.Unreachable,
            report.Unreachable is null ? report.NameMatches : null,
            [.. report.Chain.Select(one => ExplainedCertificateView.Of(one, tells))],
            [.. report.ServedBundle.Select(one => ExplainedCertificateView.Of(one, tells))],
            report.BundleFault,
            report.Decision is ExplainedDecision decision ? ExplainedDecisionView.Of(decision, tells) : null,
            [.. report.Others.Select(other => ExplainedDecisionView.Of(other, tells))],
            Name(report.Pin), Name(report.Cause), report.CauseWords, Step(report));
    }

    internal static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    // The kernel's step, and where there is one, the command that follows it here.
    private static string Step(ExplainReport report) => report.Cause switch
    {
        MismatchCause.HandedOver or MismatchCause.Reinstalled => $"{report.NextStep}; then run 'uptrakit auth ca trust'",
        MismatchCause.RootsNotAskedFor => "if a public certificate is meant to stand before the Controller, run 'uptrakit auth ca forget'",
        _ => report.NextStep,
    };
}

/// <summary>A certificate that the server sent, or that is in its bundle.</summary>
internal sealed record ExplainedCertificateView(
    string Subject,
    string Issuer,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Purposes,
    bool IsAuthority,
    string? Fingerprint,
    string? KeyFingerprint)
{
    internal static ExplainedCertificateView Of(ExplainedCertificate one, bool tells) => new(
        one.Subject, one.Issuer, one.NotBefore, one.NotAfter, one.Names, one.Purposes, one.IsAuthority,
        tells ? one.Fingerprint.ToString() : null, tells ? one.Spki?.ToString() : null);
}

/// <summary>What one mode decides.</summary>
/// <param name="Accepted">Null when the mode lacks what it needs, such as a pin.</param>
internal sealed record ExplainedDecisionView(
    string Mode, string With, bool? Accepted, string? Refusal, string Words, ExplainedCertificateView? Anchor, string? AnchorSource)
{
    internal static ExplainedDecisionView Of(ExplainedDecision one, bool tells) => new(
        ServerTrust.NameOf(one.Mode), one.With, one.Accepted,
        one.Refusal is ServerRefusal.None ? null : ExplainView.Name(one.Refusal), one.Words,
        one.Anchor is ExplainedCertificate anchor ? ExplainedCertificateView.Of(anchor, tells) : null,
        one.AnchorSource is { } source ? ExplainView.Name(source) : null);
}
