using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>What sslscan was offered at an address.</summary>
internal sealed record SslScan(IReadOnlyList<string> Versions, IReadOnlyList<SslScan.Cipher> Ciphers)
{
    private static readonly string? Program = ((string[])["/usr/bin/sslscan", "/usr/local/bin/sslscan"]).FirstOrDefault(File.Exists);

    public static bool IsAvailable => Program is not null;

    public static async Task<SslScan> OfAsync(string address, CancellationToken cancel)
    {
        Ran ran = (await Ran.OfAsync(new ProcessStartInfo(Program!, ["--xml=-", "--no-colour", address]), cancel)).Expect(0);
        XElement test = XDocument.Parse(ran.Output).Descendants("ssltest").Single();
        Cipher[] ciphers = [.. test.Elements("cipher").Select(static one => new Cipher(
            (string)one.Attribute("sslversion")!, (string)one.Attribute("cipher")!,
            int.Parse((string)one.Attribute("bits")!, CultureInfo.InvariantCulture)))];
        string[] enabled = [.. test.Elements("protocol").Where(static one => (string?)one.Attribute("enabled") == "1")
            .Select(static one => $"{((string)one.Attribute("type")!).ToUpperInvariant()}v{(string)one.Attribute("version")!}")];
        Assert.NotEmpty(ciphers);
        return new SslScan([.. enabled.Select(static version => version.Replace("TLSV", "TLSv", StringComparison.Ordinal)).Order()], ciphers);
    }

    internal sealed record Cipher(string Version, string Name, int Bits);
}
