using System.Security.Cryptography.X509Certificates;
using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;
using Uptrakit.Cli.Output;
using Uptrakit.Cli.Trust;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit auth ca trust | status | forget`.</summary>
internal sealed class CaWork(CliEnvironment environment, Target target)
{
    internal async Task<int> TrustAsync(Tofu tofu, CancellationToken cancel)
    {
        if (InsecureFault(environment.Terminal, target) is int fault)
            return fault;
        (int? exit, _) = await new CaTrust(environment, target).EstablishAsync(tofu, cancel);
        return exit ?? (int)ExitCode.Done;
    }

    internal int Status()
    {
        using X509Certificate2? authority = target.Known.Ca is StoredCa ca ? ConfigRules.CertificateOf(ca)!.Certificates[0] : null;
        CaStatusView view = new(target.Name, target.Known.Ca?.Fingerprint,
            target.StoredFingerprint is CertificateFingerprint fingerprint ? FingerprintWords.Of(fingerprint) : null,
            authority?.Subject, authority is null ? null : new DateTimeOffset(authority.NotAfter), target.Known.Ca?.TrustedAt);
        return environment.Printer.Show(view, CliJson.Default.CaStatusView, Show);
    }

    internal async Task<int> ForgetAsync(CancellationToken cancel)
    {
        if (target.Known.Ca is null)
        {
            environment.Terminal.Say($"no authority is stored for {target.Name}: the roots of this machine verify it");
            return (int)ExitCode.Done;
        }
        ConfigFault? unsaved = await environment.Config!.UpdateAsync(
            config => config.With(target.Name, config.Of(target.Name) with { Ca = null }), cancel);
        if (unsaved is not null)
            return environment.Terminal.Fail(ExitCode.Failed, unsaved.Words, unsaved.Hint);
        environment.Terminal.Say($"forgot the authority of {target.Name}: the roots of this machine verify it from now on");
        return (int)ExitCode.Done;
    }

    /// <summary>Null when the Controller is verified in this run.</summary>
    internal static int? InsecureFault(Terminal terminal, Target target) => target.Insecure
        ? terminal.Fail(ExitCode.Usage, "--insecure verifies nothing, so there is no authority to trust",
            hint: $"leave out {GlobalFlags.Insecure} or {Tofu.Flag}")
        : null;

    private void Show(CaStatusView view)
    {
        FieldPrinter fields = new(environment.Terminal);
        fields.Add("server", view.Server);
        if (view.CaFingerprint is null)
        {
            fields.Add("authority", "none stored: the roots of this machine verify it");
        }
        else
        {
            fields.Add("fingerprint", view.CaFingerprint);
            fields.Add("in words", view.CaWords);
            fields.Add("authority", view.Subject);
            fields.Add("valid until", view.NotAfter is DateTimeOffset end ? Moments.Day(end) : null);
            fields.Add("trusted", Moments.Ago(environment.Clock, view.TrustedAt));
        }
        fields.Print();
    }
}
