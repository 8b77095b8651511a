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
internal sealed class TrustStart(ServiceOptions options, StateFolder folder, Contact contact, Func<NativeRoots> rootsOfHost, ILogger logger)
{
    public async Task<StartResult<StartedTrust>> RunAsync(ServiceState state, CancellationToken cancel)
    {
        TrustTerms terms = new(options, state, folder.Root);
        if (terms.FaultOfOrigin is { } foreign)
        {
            logger.StateRefused(foreign);
            return ExitCode.TrustRefused;
        }

        if (terms.Mismatch is { } mismatch)
        {
            logger.StateRefused(terms.MismatchWords);
            logger.BothFingerprints(mismatch.Demanded, mismatch.Stored);
            return ExitCode.TrustRefused;
        }

        if (terms.IsStateless)
            return Stateless(state);
        StartResult<TrustAnchors> roots = await RootsAsync(terms.Stored, cancel);
        if (roots.Value is null)
            return roots.Exit;
        if (terms.How.SkipHostname)
            logger.HostnameSkipped();
        return terms.Stored is { } stored
            ? new StartedTrust(Trust(terms.How, stored, roots.Value), state)
            : await MeetAsync(state, terms, roots.Value, cancel);
    }

    private StartedTrust Stateless(ServiceState state)
    {
        if (state.Trust is not null || options.Token?.Pin is not null)
            logger.StoredTrustIgnored();
        return new StartedTrust(new ControllerTrust(ServerTrust.Insecure(), null, TrustAnchors.None), state);
    }

    private async Task<StartResult<StartedTrust>> MeetAsync(
        ServiceState state, TrustTerms terms, TrustAnchors roots, CancellationToken cancel)
    {
        ServerTrust how = terms.How;
        ContactRequest request = new()
        {
            Trust = options.Acknowledge is null ? how : ServerTrust.Insecure(),
            Acknowledged = options.Acknowledge,
            Roots = roots,
        };
        StartResult<MetController> met = await contact.MeetAsync(terms.Addresses, request, cancel);
        if (met.Value is not { } controller)
            return met.Exit;
        if (terms.InBundle is { } pin && controller.Trust.Bundle.Find(pin) is null)
        {
            logger.TrustRefused(controller.Address.ToString(),
                "its bundle does not hold the CA that the enrollment token names: token and Controller do not belong together");
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

    /// <summary>The anchors that flags name, with the bundle of <c>--pki-addr</c> when one of them, or the stored bundle, proves it.</summary>
    private async Task<StartResult<TrustAnchors>> RootsAsync(StoredTrust? stored, CancellationToken cancel)
    {
        NativeRoots? native = options.NativeRoots ? rootsOfHost() : null;
        if (native is not null)
            logger.NativeRoots(native.Count, string.Join(", ", native.Places));
        TrustAnchors roots = OperatorRoots.Of(options, native);
        if (options.PkiAddress is not { } address)
            return roots;
        ContactRequest request = OperatorRoots.ToPki(roots, stored);
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
