using Uptrakit.Cli.Commands;
using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Cli.Trust;

/// <summary>Which authority a Controller has: established at first contact, replaced only when asked to.</summary>
internal sealed class CaTrust(CliEnvironment environment, Target target)
{
    private readonly FirstMeeting meeting = new(environment, target);

    /// <summary>At a login: establishes it, or goes on with the one that is stored. Never replaces one.</summary>
    /// <returns>The exit code with the reason told, or null and what is stored now.</returns>
    internal async Task<(int? Exit, StoredCa? Ca)> ForLoginAsync(Tofu tofu, CancellationToken cancel)
    {
        if (target.StoredFingerprint is not CertificateFingerprint stored)
            return await EstablishAsync(tofu, cancel);
        // Even with an explicit fingerprint: whoever can make an operator sign in once more must not thereby replace the authority.
        if (tofu.Given is not null && !tofu.Given.Matches(stored))
            return (Differs().Tell(environment.Terminal), null);

        ApiResult<CertificateBundle> served = await meeting.LookAsync(cancel);
        if (served.Value is null)
            return (served.Fault!.Tell(environment.Terminal), null);
        if (served.Value.Find(stored) is null)
            return (Differs().Tell(environment.Terminal), null);
        ApiResult<StoredCa> met = await meeting.MeetAsync(stored, cancel);
        return met.Fault is ApiFault fault ? (fault.Tell(environment.Terminal), null) : (null, target.Known.Ca);
    }

    /// <summary>Establishes or replaces it, as the operator says.</summary>
    internal async Task<(int? Exit, StoredCa? Ca)> EstablishAsync(Tofu tofu, CancellationToken cancel)
    {
        (int? exit, CertificateFingerprint? pin) = await PinAsync(tofu, cancel);
        if (pin is null)
            return (exit, null);
        ApiResult<StoredCa> met = await meeting.MeetAsync(pin, cancel);
        if (met.Value is not StoredCa ca)
            return (met.Fault!.Tell(environment.Terminal), null);

        ConfigFault? unsaved = await environment.Config!.UpdateAsync(config => (config with
        {
            DefaultServer = config.DefaultServer ?? target.Name,
        }).With(target.Name, config.Of(target.Name) with { Ca = ca }), cancel);
        if (unsaved is not null)
            return (environment.Terminal.Fail(ExitCode.Failed, unsaved.Words, unsaved.Hint), null);
        environment.Terminal.Say($"{target.Name} is trusted under the authority {ca.Fingerprint}");
        return (null, ca);
    }

    private async Task<(int? Exit, CertificateFingerprint? Pin)> PinAsync(Tofu tofu, CancellationToken cancel)
    {
        if (tofu.Given is not null)
            return (null, tofu.Given);
        FingerprintQuestion question = new(environment.Terminal);
        if (question.FaultOfTerminal() is int nobody)
            return (nobody, null);
        ApiResult<CertificateBundle> served = await meeting.LookAsync(cancel);
        if (served.Value is null)
            return (served.Fault!.Tell(environment.Terminal), null);
        (CertificateFingerprint? pin, ApiFault? fault) = await question.AskAsync(target.Name, served.Value, cancel);
        return (fault?.Tell(environment.Terminal), pin);
    }

    private ApiFault Differs() => new(ExitCode.TrustRefused,
        $"the authority that is stored for {target.Name} is another one: nothing was changed, and nobody was signed in",
        "a login never replaces it: compare the fingerprint in the Dashboard's Global Settings, then run 'uptrakit auth ca trust'");
}
