using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Options;

/// <summary>What the operator asked for, each part by itself in order. Not a record: nothing of the token belongs in a text.</summary>
internal sealed class ServiceOptions
{
    /// <summary>Where the Controller is; null when only the token or the stored state says it.</summary>
    public ControllerAddress? Url { get; init; }

    /// <summary>The mode that the flags select; <see cref="TrustMode.System"/> when there is none.</summary>
    public ServerTrust FlagTrust { get; init; } = ServerTrust.System();

    /// <summary>The fingerprint that was seen on the run before, and is to be stored now.</summary>
    public CertificateFingerprint? Acknowledge { get; init; }

    public bool SkipHostname { get; init; }

    public bool PublicRoots { get; init; }

    public bool NativeRoots { get; init; }

    public CertificateBundle? CaFile { get; init; }

    public ControllerAddress? PkiAddress { get; init; }

    public required string StateFolder { get; init; }

    /// <summary>Null when it was not given: the Controller then keeps the name that it has.</summary>
    public string? FriendlyName { get; init; }

    public bool ForceEnroll { get; init; }

    public bool Verbose { get; init; }

    public ServiceToken? Token { get; set; }

    /// <summary>Whether there is an anchor that needs no stored state.</summary>
    public bool HasAnchors => CaFile is not null || PublicRoots || NativeRoots;

    /// <summary>
    /// How the Controller is to be verified at first contact: by the flags, else by the pin in the token. Whoever names
    /// authorities asks for the mode system; the pin in the token then counts as well.
    /// </summary>
    public ServerTrust Trust => FlagTrust.Mode is TrustMode.System && CaFile is null && PkiAddress is null && Token?.Pin is { } pin
        ? ServerTrust.PinFingerprint(pin, SkipHostname)
        : FlagTrust;

    /// <summary>Where the Controller is said to be, in the order in which to try; empty when only the stored state knows.</summary>
    public IReadOnlyList<ControllerAddress> Addresses => Url is not null
        ? [Url]
        : [.. (Token?.Addresses ?? []).Select(Dialed).OfType<ControllerAddress>()];

    // A host that a token may carry is not yet one that can be dialed.
    private static ControllerAddress? Dialed(TokenAddress address) => ControllerAddress.TryParse(
        address.Host.Contains(':', StringComparison.Ordinal) ? $"[{address.Host}]:{address.Port}" : $"{address.Host}:{address.Port}",
        out ControllerAddress? dialed, out _) ? dialed : null;
}
