using System.CommandLine;
using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;
using Uptrakit.Cli.Output;
using Uptrakit.Cli.Trust;
using Uptrakit.Contracts.Explain;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit trust explain`.</summary>
internal static class TrustCommands
{
    internal static void Fill(Verb group, CliEnvironment environment)
    {
        Option<string?> pin = Flags.Checked("--tofu", "fingerprint", "judge the server by this fingerprint instead of what is stored",
            text => CertificateFingerprint.TryParse(text, out _) ? null : "that is not a SHA-256 fingerprint: 64 hex digits or 32 pairs");
        Verb explain = new("explain", "Look at a live server without trusting it or telling it anything: what each mode would decide, and why",
            "uptrakit trust explain", "uptrakit trust explain --server https://uptrakit.example.org:8443 -o json");
        explain.Add(pin);
        group.Add(explain.About(environment, (target, parsed, cancel) => ExplainAsync(environment, target,
            CertificateFingerprint.TryParse(parsed.GetValue(pin), out CertificateFingerprint? given) ? given : null, cancel)));
    }

    private static async Task<int> ExplainAsync(
        CliEnvironment environment, Target target, CertificateFingerprint? pin, CancellationToken cancel)
    {
        bool stored = !target.Insecure && pin is null && target.Known.Ca is not null;
        ExplainReport report = await new Explainer(environment.Clock, environment.Roots()).ExplainAsync(new ExplainRequest
        {
            Address = target.Address,
            Trust = target.Insecure ? ServerTrust.Insecure()
                : pin is not null ? ServerTrust.PinFingerprint(pin, skipHostname: false) : ServerTrust.System(),
            Stored = stored && target.Known.Ca is StoredCa ca ? ConfigRules.CertificateOf(ca) : null,
            NativeRoots = !target.Insecure && pin is null && !stored,
            OtherFingerprint = target.StoredFingerprint,
            Deadline = target.Timeout,
        }, cancel);

        environment.Printer.Show(ExplainView.Of(target.Name, report), CliJson.Default.ExplainView,
            view => new ExplainText(environment.Terminal).Show(view));
        return (int)(report switch
        {
            { Unreachable: not null } => ExitCode.Unreachable,
            { Decision.Accepted: true } => ExitCode.Done,
            _ => ExitCode.TrustRefused,
        });
    }
}
