using Microsoft.Extensions.Logging;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Options;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Bootstrap;

/// <summary>How the Controller is verified on this run, and what of it is stored now.</summary>
internal sealed record StartedTrust(ControllerTrust Trust, ServiceState State);

/// <summary>Decides by options and disk how the Controller is verified; meets it where that is not settled yet.</summary>
/// <remarks>Source: tofu-and-tls-hardening, "Persistence semantics". What is trusted is on disk before anything secret is sent.</remarks>
internal sealed class TrustStart(ServiceOptions options, StateFolder folder, Contact contact, ILogger logger)
{
    public async Task<StartResult<StartedTrust>> RunAsync(ServiceState state, CancellationToken cancel)
    {
        StoredTrust? stored = options.ForceEnroll ? null : state.Trust;
        if (FaultOfOrigin(state) is { } foreign)
        {
            logger.StateRefused(foreign);
            return ExitCode.TrustRefused;
        }

        if (stored is not null && MismatchOf(stored) is { } mismatch)
        {
            logger.StateRefused($"{folder.Root}: the stored CA of the Controller is not the one that is demanded: "
                + "take the pin away if it is the wrong one, or enroll anew with --force-enroll");
            logger.BothFingerprints(mismatch.Demanded, mismatch.Stored);
            return ExitCode.TrustRefused;
        }

        if (options.FlagTrust.Mode is TrustMode.Insecure && options.Acknowledge is null)
            return Stateless(state);
        StartResult<TrustAnchors> roots = await RootsAsync(stored, cancel);
        if (roots.Value is null)
            return roots.Exit;
        ServerTrust how = HowOfThisRun();
        if (how.SkipHostname)
            logger.HostnameSkipped();
        return stored is not null
            ? new StartedTrust(Trust(how, stored, roots.Value), state)
            : await MeetAsync(state, how, roots.Value, cancel);
    }

    private StartedTrust Stateless(ServiceState state)
    {
        if (state.Trust is not null || options.Token?.Pin is not null)
            logger.StoredTrustIgnored();
        return new StartedTrust(new ControllerTrust(ServerTrust.Insecure(), null, TrustAnchors.None), state);
    }

    // What was acknowledged is a pin like any other from then on; the name stays out of it, as --tofu-insecure says.
    private ServerTrust HowOfThisRun() => options.Acknowledge is { } acknowledged
        ? ServerTrust.PinFingerprint(acknowledged, skipHostname: true)
        : options.Trust;

    private async Task<StartResult<StartedTrust>> MeetAsync(
        ServiceState state, ServerTrust how, TrustAnchors roots, CancellationToken cancel)
    {
        ContactRequest request = new()
        {
            Trust = options.Acknowledge is null ? how : ServerTrust.Insecure(),
            Acknowledged = options.Acknowledge,
            Roots = roots,
        };
        IReadOnlyList<ControllerAddress> addresses = options.Addresses.Count > 0 ? options.Addresses : state.Addresses;
        StartResult<MetController> met = await contact.MeetAsync(addresses, request, cancel);
        if (met.Value is not { } controller)
            return met.Exit;
        if (FaultOfTokenPin(controller.Trust) is { } fault)
        {
            logger.TrustRefused(controller.Address.ToString(), fault);
            return ExitCode.TrustRefused;
        }

        StoredTrust trust = Stored(how, controller.Trust);
        ServiceState next = (options.ForceEnroll ? ServiceState.Empty : state) with { Addresses = [controller.Address], Trust = trust };
        // An identity that is to be replaced stays in force, with its own trust, until the new one is there.
        if (!options.ForceEnroll)
            folder.Save(next);
        logger.TrustStored(controller.Address.ToString(), how.ModeName, string.Join(", ", trust.Bundle.Certificates.Select(CertificateFingerprint.Of)));
        return new StartedTrust(Trust(how, trust, roots), next);
    }

    private ControllerTrust Trust(ServerTrust how, StoredTrust stored, TrustAnchors roots) =>
        new(how, stored, roots, options.PublicRoots, options.NativeRoots);

    private static StoredTrust Stored(ServerTrust how, EstablishedTrust met) => new(
        how.Mode, how.Fingerprint, met.MatchedSpki,
        ByPinnedKey: how.Mode is TrustMode.PinSpki && !met.LaterVerdict.Accepted,
        met.Bundle, met.HandOver.Certificates);

    private string? FaultOfTokenPin(EstablishedTrust met) =>
        options.Token?.Pin is { } pin && options.Acknowledge is null && met.Bundle.Find(pin) is null
            ? "its bundle does not hold the CA that the enrollment token names: token and Controller do not belong together"
            : null;

    private string? FaultOfOrigin(ServiceState state) =>
        !options.ForceEnroll && state.ControllerId is { } own && options.Token is { } token && token.ControllerId != own
            ? $"{folder.Root} belongs to Controller {own}, and the enrollment token is one of Controller {token.ControllerId}: "
                + "take the token away, or enroll there anew with --force-enroll"
            : null;

    private PinMismatch? MismatchOf(StoredTrust stored)
    {
        if (options.Acknowledge is { } acknowledged)
            return PinCheck.Of(acknowledged, stored);
        if (options.FlagTrust.Mode is TrustMode.Insecure)
            return null;
        return PinCheck.Of(options.FlagTrust, stored) ?? (options.Token?.Pin is { } pin ? PinCheck.Of(pin, stored) : null);
    }

    /// <summary>The anchors that flags name, with the bundle of <c>--pki-addr</c> when one of them, or the stored bundle, proves it.</summary>
    private async Task<StartResult<TrustAnchors>> RootsAsync(StoredTrust? stored, CancellationToken cancel)
    {
        TrustAnchors roots = OperatorRoots.Of(options, logger);
        if (options.PkiAddress is not { } address)
            return roots;
        TrustAnchors known = stored is null ? roots : roots.WithBundle(stored.Bundle);
        ContactRequest request = new() { Trust = ServerTrust.System(), Roots = known };
        if (stored is null)
        {
            StartResult<MetController> met = await contact.MeetAsync([address], request, cancel);
            return met.Value is { } pki ? roots.WithBundle(pki.Trust.Bundle) : met.Exit;
        }

        // What is stored is enough to go on with; a newer bundle is welcome.
        ContactOutcome outcome = await contact.AskAsync(address, request, cancel);
        if (outcome is ContactOutcome.Established { Trust: { } found })
            return roots.WithBundle(found.Bundle);
        logger.PkiNotUsed(address.ToString(), outcome is ContactOutcome.Refused refused ? Plain.Line(refused.Words) : "it does not answer");
        return roots;
    }
}
