using Uptrakit.Cli.Configuration;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Cli.Connection;

/// <summary>The Controller that a command is about, and what is known of it.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Known">What the configuration has about it.</param>
/// <param name="Insecure">Whether `--insecure` overrides all of that.</param>
/// <param name="Timeout">For each answer.</param>
internal sealed record Target(ControllerAddress Address, ServerEntry Known, bool Insecure, TimeSpan Timeout)
{
    /// <summary>Its name in the configuration.</summary>
    internal string Name => NameOf(Address);

    internal static string NameOf(ControllerAddress address) => $"https://{address}";

    internal TargetTrust Trust => Insecure ? TargetTrust.Insecure : Known.Ca is null ? TargetTrust.System : TargetTrust.StoredCa;

    /// <summary>The authority that the Controller is verified with; null when `--insecure` overrides it or none is stored.</summary>
    internal string? CaFingerprint => Insecure ? null : Known.Ca?.Fingerprint;

    /// <summary>By what the Controller is judged: the stored authority alone, else the roots of this machine.</summary>
    internal ServerPolicy Policy(Func<NativeRoots> roots) => Trust switch
    {
        TargetTrust.Insecure => ServerPolicy.Anyone,
        TargetTrust.StoredCa => ServerPolicy.Anchored(TrustAnchors.None.WithBundle(ConfigRules.CertificateOf(Known.Ca!)!)),
        _ => ServerPolicy.Anchored(TrustAnchors.None.WithNativeRoots(roots())),
    };

    internal CertificateFingerprint? StoredFingerprint =>
        CertificateFingerprint.TryParse(Known.Ca?.Fingerprint, out CertificateFingerprint? value) ? value : null;
}

/// <summary>How the Controller is verified.</summary>
internal enum TargetTrust
{
    /// <summary>By the roots of this machine.</summary>
    System,

    /// <summary>By the authority that the operator compared.</summary>
    StoredCa,

    /// <summary>Not at all.</summary>
    Insecure,
}
