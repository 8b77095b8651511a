using Uptrakit.Trust.Verification;
using static Uptrakit.Services.Options.ServiceSettings;

namespace Uptrakit.Services.Options;

/// <summary>What options, token and stored state must be together, before anything is done.</summary>
internal static class StartRules
{
    /// <param name="options">The options, with the token.</param>
    /// <param name="given">For naming what is at fault.</param>
    /// <param name="stored">What an earlier run has left.</param>
    /// <param name="faults">Where faults are added.</param>
    public static void Check(ServiceOptions options, GivenSettings given, StoredBefore stored, List<string> faults)
    {
        CheckPins(options, given, stored, faults);
        CheckAddress(options, given, stored, faults);
        CheckAnchors(options, given, stored, faults);
    }

    /// <summary>The same for a look, to which nothing to verify by is an answer: but what is named to get it from must be of use.</summary>
    public static void CheckLook(ServiceOptions options, GivenSettings given, StoredBefore stored, List<string> faults)
    {
        CheckPins(options, given, stored, faults);
        CheckAddress(options, given, stored, faults);
        if (given.Has(PkiAddr))
            CheckAnchors(options, given, stored, faults);
    }

    private static void CheckPins(ServiceOptions options, GivenSettings given, StoredBefore stored, List<string> faults)
    {
        // After enrollment the token may be gone, and its pin is what was stored by it.
        bool byToken = options.Token?.Pin is not null
            || (HasFaultyToken(options, given) && stored.HasPin && !options.ForceEnroll);
        if (TrustFlags.FaultOfSkipping(given, byToken) is { } skipping)
            faults.Add(skipping);
        if (options.Token?.Pin is { } pin && options.FlagTrust.Fingerprint is { } flag && !flag.Matches(pin))
            faults.Add($"{given.Named(TofuFingerprint)} is not the fingerprint in the enrollment token ({pin}): one of them is for another "
                + "Controller; compare with the Dashboard's Global Settings, then leave the wrong one out");
    }

    /// <summary>The Controller must be somewhere.</summary>
    private static void CheckAddress(ServiceOptions options, GivenSettings given, StoredBefore stored, List<string> faults)
    {
        bool known = stored.HasAddress && !options.ForceEnroll;
        // An address or a token that could not be read is a fault already.
        if (!known && options.Addresses.Count == 0 && !given.Has(Url) && !HasFaultyToken(options, given))
            faults.Add("nothing says where the Controller is: give --url=https://host:port, or an enrollment token that has an address");
    }

    private static void CheckAnchors(ServiceOptions options, GivenSettings given, StoredBefore stored, List<string> faults)
    {
        bool hasStored = stored.HasBundle && !options.ForceEnroll;
        if (options.Trust.Mode is not TrustMode.System || options.HasAnchors || hasStored)
            return;
        // Half-read flags of trust are faults already; that nothing is left of them is no second one.
        if (given.Has(TofuFingerprint) || given.Has(TofuSpki) || given.Has(CaCert) || HasFaultyToken(options, given))
            return;

        faults.Add(given.Has(PkiAddr)
            ? $"{given.Named(PkiAddr)}: nothing could prove that the bundle from there is the Controller's; {WaysOut}"
            : $"in system mode there is nothing yet to verify the Controller by; {WaysOut}");
    }

    private static bool HasFaultyToken(ServiceOptions options, GivenSettings given) =>
        options.Token is null && (given.Has(EnrollmentToken) || given.Has(EnrollmentTokenFile));

    private const string WaysOut =
        "give --ca-cert=<file> with its CA, or --trust-public-roots or --trust-native-roots where one of those vouches for it, "
        + "or pin it with --tofu-fingerprint=<hex> (Dashboard, Global Settings), or use an enrollment token that carries the pin";
}
