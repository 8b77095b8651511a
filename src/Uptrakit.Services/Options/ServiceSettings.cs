namespace Uptrakit.Services.Options;

/// <summary>Everything that can be set, in the order of the help.</summary>
internal static class ServiceSettings
{
    public static readonly Setting Url = Text(
        "--url", "https://host[:port]", "where the Controller is; not needed with a token that says it, nor after enrollment");

    public static readonly Setting EnrollmentTokenFile = Text(
        "--enrollment-token-file", "file", "read the enrollment token from this file; '-' is standard input");

    public static readonly Setting EnrollmentToken = Text(
        "--enrollment-token", "token", "the enrollment token itself: other users of this host can see it, so prefer the file");

    public static readonly Setting TofuFingerprint = Text(
        "--tofu-fingerprint", "sha256", "first contact: the Controller's CA certificate must have this fingerprint");

    public static readonly Setting TofuSpki = Text(
        "--tofu-spki", "sha256", "first contact: the key of the Controller, or of the CA that issued its certificate, must have this hash");

    public static readonly Setting TofuInsecure = Switch(
        "--tofu-insecure", "believe anyone who answers, and store no trust; for development only");

    public static readonly Setting TofuSkipHostname = Switch(
        "--tofu-skip-hostname", "with a pin: do not require the dialed name in the Controller's certificate");

    public static readonly Setting TofuFingerprintAcknowledge = Text(
        "--tofu-fingerprint-acknowledge", "sha256", "with --tofu-insecure: store the CA with this fingerprint, seen on the run before");

    public static readonly Setting TrustPublicRoots = Switch(
        "--trust-public-roots", "also trust the public roots that are compiled in (a Let's Encrypt front)");

    public static readonly Setting TrustNativeRoots = Switch(
        "--trust-native-roots", "also trust the roots of this host, as they are at the start (a corporate CA)");

    public static readonly Setting CaCert = Text(
        "--ca-cert", "file", "trust the authorities in this PEM file");

    public static readonly Setting PkiAddr = Text(
        "--pki-addr", "host:port", "fetch the Controller's CA bundle from here, verified by what is trusted already");

    public static readonly Setting ConfigDir = Text(
        "--config-dir", "folder", "the folder of service.conf");

    public static readonly Setting StateDir = Text(
        "--state-dir", "folder", "the folder of service.json and service.key");

    public static readonly Setting FriendlyName = Text(
        "--friendly-name", "name", "what people call this Service; at first the host's name, later the name it has");

    public static readonly Setting ForceEnroll = Switch(
        "--force-enroll", "enroll anew, as another Service; what is stored stays in force until that has succeeded");

    public static readonly Setting Verbose = Switch(
        "--verbose", "log more");

    public static readonly IReadOnlyList<Setting> All =
    [
        Url, EnrollmentTokenFile, EnrollmentToken, TofuFingerprint, TofuSpki, TofuInsecure, TofuSkipHostname,
        TofuFingerprintAcknowledge, TrustPublicRoots, TrustNativeRoots, CaCert, PkiAddr, ConfigDir, StateDir, FriendlyName,
        ForceEnroll, Verbose,
    ];

    private static Setting Text(string name, string valueName, string description) =>
        new(name, SettingKind.Text, valueName, description);

    private static Setting Switch(string name, string description) => new(name, SettingKind.Switch, "", description);
}
