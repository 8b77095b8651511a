using Google.Protobuf;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Storage.Rows;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Inventory;

/// <summary>What Services say of themselves, cut to what is stored. It is shown, and never trusted.</summary>
internal static class ReportedFacts
{
    public const int LongestName = 255;
    private const int LongestWord = 255;
    private const int LongestVersion = 64;
    private const int MostAddresses = 64;
    private const int MostAnchors = 16;
    private const long LatestBoot = 253_402_300_799; // the last second of year 9999

    private static readonly string[] Modes = ["system", "pin-fingerprint", "pin-spki", FleetCensus.Insecure];

    /// <summary>A name that fits; what cannot be shown becomes a mark.</summary>
    public static string Name(string? text) => Cut(Uptrakit.CommandLine.Plain.Line(text?.Trim()), LongestName);

    public static string? Version(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : Cut(Uptrakit.CommandLine.Plain.Line(text.Trim()), LongestVersion);

    public static byte[] Facts(HostFacts facts)
    {
        HostFacts kept = new()
        {
            Hostname = Word(facts.Hostname),
            MachineIdHash = Word(facts.MachineIdHash),
            OsName = Word(facts.OsName),
            OsVersion = Word(facts.OsVersion),
            Kernel = Word(facts.Kernel),
            Architecture = Word(facts.Architecture),
            BootTimeUnix = Math.Clamp(facts.BootTimeUnix, 0, LatestBoot),
            Cpus = facts.Cpus,
            MemoryBytes = facts.MemoryBytes,
        };
        kept.Addresses.AddRange(facts.Addresses.Take(MostAddresses).Select(Word));
        return kept.ToByteArray();
    }

    /// <summary>Writes a report of trust into the row. One that makes no sense changes nothing.</summary>
    public static void Take(this ServiceRow row, TrustReport report)
    {
        if (!Modes.Contains(report.Mode))
            return;
        row.TrustMode = report.Mode;
        row.TrustAnchors = string.Join(' ', report.Anchors.Take(MostAnchors).Select(FingerprintOf).OfType<string>().Distinct(StringComparer.Ordinal));
        row.PublicRoots = report.PublicRoots;
        row.NativeRoots = report.NativeRoots;
        row.SkipHostname = report.SkipHostname;
    }

    private static string? FingerprintOf(ByteString bytes) =>
        CertificateFingerprint.TryFromBytes(bytes.Span, out CertificateFingerprint? fingerprint) ? fingerprint.ToString() : null;

    private static string Word(string text) => Cut(Uptrakit.CommandLine.Plain.Line(text), LongestWord);

    private static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
            return text;
        // Not between the halves of one character.
        return text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
    }
}
