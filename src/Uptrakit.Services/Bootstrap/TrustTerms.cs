using Uptrakit.Contracts.Client;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Options;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Bootstrap;

/// <summary>
/// What options and disk settle about the Controller before anybody is called: for a run, and for <c>trust explain</c>, which
/// says what a run would do.
/// </summary>
internal sealed class TrustTerms(ServiceOptions options, ServiceState state, string folder)
{
    /// <summary>What is known of the Controller; null when it is to be met for the first time.</summary>
    public StoredTrust? Stored { get; } = options.ForceEnroll ? null : state.Trust;

    /// <summary>Whether the identity that is stored is the one of this run.</summary>
    public bool IsEnrolled => !options.ForceEnroll && state.Service is not null;

    /// <summary>Anyone is believed, and nothing of trust is kept.</summary>
    public bool IsStateless => options.FlagTrust.Mode is TrustMode.Insecure && options.Acknowledge is null;

    /// <summary>The mode of this run.</summary>
    // What was acknowledged is a pin like any other from then on; the name stays out of it, as --tofu-insecure says.
    public ServerTrust How => options.Acknowledge is { } acknowledged
        ? ServerTrust.PinFingerprint(acknowledged, skipHostname: true)
        : PinOfLostToken ?? options.Trust;

    // The same unit file must go on to work when the token that brought the pin is gone: what it pinned is on disk.
    private ServerTrust? PinOfLostToken => options is { SkipHostname: true, FlagTrust.Mode: TrustMode.System, Token: null }
        ? Stored?.AsPin(skipHostname: true)
        : null;

    /// <summary>A certificate that the bundle must hold, whatever the mode; null when the mode says it all.</summary>
    public CertificateFingerprint? InBundle => options.Acknowledge is null ? options.Token?.Pin : null;

    /// <summary>Where the Controller is on this run, in the order in which to try.</summary>
    public IReadOnlyList<ControllerAddress> Addresses =>
        options.Url is null && IsMet && state.Addresses.Count > 0 ? state.Addresses
        : options.Addresses.Count > 0 ? options.Addresses
        : state.Addresses;

    // The token's addresses are for the way in; from then on the one that worked is remembered.
    private bool IsMet => !options.ForceEnroll && (state.Trust is not null || (IsStateless && state.Service is not null));

    /// <summary>The token is one of another Controller than the one that this Service belongs to; null when it is not.</summary>
    public string? FaultOfOrigin => !options.ForceEnroll && state.ControllerId is { } own && options.Token is { } token && token.ControllerId != own
        ? $"{folder} belongs to Controller {own}, and the enrollment token is one of Controller {token.ControllerId}: "
            + "take the token away, or enroll there anew with --force-enroll"
        : null;

    /// <summary>A pin of this run does not fit what is stored; null when all do.</summary>
    public PinMismatch? Mismatch => Stored is not { } stored ? null
        : options.Acknowledge is { } acknowledged ? PinCheck.Of(acknowledged, stored)
        : IsStateless ? null
        : PinCheck.Of(options.FlagTrust, stored) ?? (options.Token?.Pin is { } pin ? PinCheck.Of(pin, stored) : null);

    /// <summary>What is said of a <see cref="Mismatch"/>.</summary>
    public string MismatchWords => $"{folder}: the stored CA of the Controller is not the one that is demanded: "
        + "take the pin away if it is the wrong one, or enroll anew with --force-enroll";
}
