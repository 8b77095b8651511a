using static Uptrakit.Services.Options.ServiceSettings;

namespace Uptrakit.Services.Options;

/// <summary>Which flags of trust go together: the table of tofu-and-tls-hardening, "Modes".</summary>
internal static class TrustFlags
{
    private static readonly Setting[] Modes = [TofuFingerprint, TofuSpki, TofuInsecure];
    private static readonly Setting[] OperatorTrust = [CaCert, PkiAddr];

    public static void Check(GivenSettings given, List<string> faults)
    {
        Setting[] modes = [.. Modes.Where(given.Has)];
        if (modes.Length > 1)
            faults.Add($"{List(given, modes)} exclude each other, each selects another mode: keep one");
        foreach (Setting operators in OperatorTrust.Where(given.Has))
        {
            foreach (Setting mode in modes)
                faults.Add($"{given.Named(mode)} excludes {given.Named(operators)}: with {operators.Name} the mode is system; keep one of them");
        }

        if (given.Has(TofuFingerprintAcknowledge) && !given.Has(TofuInsecure))
            faults.Add($"{given.Named(TofuFingerprintAcknowledge)} needs --tofu-insecure: it stores what a run with that flag has seen; "
                + "to pin a fingerprint from the start, use --tofu-fingerprint");
    }

    /// <summary>
    /// Once the token is known, for its pin is one too, unless the flags ask for the mode system all the same: there the name is
    /// always required, and to pass over the flag without a word would be a surprise on another day.
    /// </summary>
    public static string? FaultOfSkipping(GivenSettings given, bool tokenHasPin) =>
        given.Has(TofuSkipHostname) && !Modes.Any(given.Has) && (!tokenHasPin || OperatorTrust.Any(given.Has))
            ? $"{given.Named(TofuSkipHostname)} needs --tofu-fingerprint, --tofu-spki or --tofu-insecure: in system mode the name is always required"
            : null;

    private static string List(GivenSettings given, Setting[] settings) =>
        string.Join(" and ", settings.Select(given.Named));
}
