using System.Text;
using Microsoft.Win32.SafeHandles;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Files;
using Uptrakit.Trust.Verification;
using static Uptrakit.Services.Options.ServiceSettings;

namespace Uptrakit.Services.Options;

/// <summary>Reads each setting by itself. Every fault is noted: who mends one should not meet the next one by one.</summary>
internal sealed class OptionReader(GivenSettings given, Func<string, string?> variable, string program, List<string> faults)
{
    // ServiceProofInput has room for 255 bytes.
    private const int LongestName = 255;

    private const string FingerprintForm = "is not a SHA-256 fingerprint: 64 hex digits, or 32 pairs of them with colons between";

    /// <summary>The options, without the token. They are fit for use only when there is no fault.</summary>
    public ServiceOptions Read()
    {
        TrustFlags.Check(given, faults);
        return new ServiceOptions
        {
            Url = Address(Url),
            FlagTrust = Trust(),
            Acknowledge = Fingerprint(TofuFingerprintAcknowledge),
            SkipHostname = given.Has(TofuSkipHostname),
            PublicRoots = given.Has(TrustPublicRoots),
            NativeRoots = given.Has(TrustNativeRoots),
            CaFile = Authorities(),
            PkiAddress = Address(PkiAddr),
            StateFolder = given.TryGet(StateDir, out GivenValue? state)
                ? Path.GetFullPath(state.Text)
                : DefaultFolders.State(variable, program),
            FriendlyName = NameOfThis(),
            ForceEnroll = given.Has(ForceEnroll),
            Verbose = given.Has(Verbose),
        };
    }

    private ServerTrust Trust()
    {
        bool skip = given.Has(TofuSkipHostname);
        if (Fingerprint(TofuFingerprint) is { } fingerprint)
            return ServerTrust.PinFingerprint(fingerprint, skip);
        if (Spki() is { } spki)
            return ServerTrust.PinSpki(spki, skip);
        return given.Has(TofuInsecure) ? ServerTrust.Insecure() : ServerTrust.System();
    }

    private CertificateFingerprint? Fingerprint(Setting setting)
    {
        if (!given.TryGet(setting, out GivenValue? value))
            return null;
        if (!CertificateFingerprint.TryParse(value.Text, out CertificateFingerprint? fingerprint))
            faults.Add($"{value.Place}: '{value.Text}' {FingerprintForm}");
        return fingerprint;
    }

    private SpkiFingerprint? Spki()
    {
        if (!given.TryGet(TofuSpki, out GivenValue? value))
            return null;
        if (!SpkiFingerprint.TryParse(value.Text, out SpkiFingerprint? fingerprint))
            faults.Add($"{value.Place}: '{value.Text}' {FingerprintForm}");
        return fingerprint;
    }

    private ControllerAddress? Address(Setting setting)
    {
        if (!given.TryGet(setting, out GivenValue? value))
            return null;
        if (!ControllerAddress.TryParse(value.Text, out ControllerAddress? address, out string? fault))
            faults.Add($"{value.Place}: {fault}");
        return address;
    }

    private CertificateBundle? Authorities()
    {
        if (!given.TryGet(CaCert, out GivenValue? value))
            return null;
        try
        {
            using SafeFileHandle file = BoundedFile.Open(value.Text);
            BundleFault fault = BundleFault.TooLarge;
            if (BoundedFile.ReadAll(file, CertificateBundle.MaximumSize) is { } pem
                && CertificateBundle.TryParse(pem, out CertificateBundle? bundle, out fault))
                return bundle;
            faults.Add($"{value.Place}: {value.Text} {Words(fault)}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            faults.Add($"{value.Place}: {value.Text} cannot be read: {fault.Message}");
        }

        return null;
    }

    private string? NameOfThis()
    {
        if (!given.TryGet(FriendlyName, out GivenValue? value))
            return null;
        string name = value.Text.Trim();
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > LongestName || Plain.Line(name) != name)
            faults.Add($"{value.Place}: a name has 1 to {LongestName} bytes and only characters that show");
        return name;
    }

    private static string Words(BundleFault fault) => fault switch
    {
        BundleFault.TooLarge => "is larger than 256 KiB: name a file with the few authorities of the Controller",
        BundleFault.TooManyCertificates => $"holds more than {CertificateBundle.MaximumCertificates} certificates: "
            + "name a file with the few authorities of the Controller, or use --trust-native-roots",
        BundleFault.NotACa => "holds a certificate that is not that of an authority: name the CA's certificate, not the server's",
        BundleFault.Unreadable => "holds a certificate that cannot be read",
        _ => "holds no certificate in PEM",
    };
}
