using Uptrakit.Services.Options;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Services;

public sealed class OptionMatrixTests
{
    private const string A = "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99";
    private const string B = "11:22:33:44:55:66:77:88:99:00:aa:bb:cc:dd:ee:ff:11:22:33:44:55:66:77:88:99:00:aa:bb:cc:dd:ee:ff";
    private const string Url = "--url https://localhost:8443 ";

    public static TheoryData<string, string> WrongLines => new()
    {
        // Each mode excludes each other, --ca-cert and --pki-addr.
        { Url + $"--tofu-fingerprint={A} --tofu-spki={B}", "--tofu-fingerprint and --tofu-spki exclude each other" },
        { Url + $"--tofu-fingerprint={A} --tofu-insecure", "--tofu-fingerprint and --tofu-insecure exclude each other" },
        { Url + $"--tofu-spki={B} --tofu-insecure", "--tofu-spki and --tofu-insecure exclude each other" },
        { Url + $"--tofu-fingerprint={A} --tofu-spki={B} --tofu-insecure", "--tofu-fingerprint and --tofu-spki and --tofu-insecure exclude" },
        { Url + $"--tofu-fingerprint={A} --ca-cert CA", "--tofu-fingerprint excludes --ca-cert" },
        { Url + $"--tofu-spki={A} --ca-cert CA", "--tofu-spki excludes --ca-cert" },
        { Url + "--tofu-insecure --ca-cert CA", "--tofu-insecure excludes --ca-cert" },
        { Url + $"--tofu-fingerprint={A} --pki-addr pki:80", "--tofu-fingerprint excludes --pki-addr" },
        { Url + $"--tofu-spki={A} --pki-addr pki:80", "--tofu-spki excludes --pki-addr" },
        { Url + "--tofu-insecure --pki-addr pki:80", "--tofu-insecure excludes --pki-addr" },
        { Url + "--tofu-skip-hostname --ca-cert CA", "--tofu-skip-hostname needs --tofu-fingerprint, --tofu-spki or --tofu-insecure" },
        { Url + $"--tofu-fingerprint-acknowledge={A} --ca-cert CA", "--tofu-fingerprint-acknowledge needs --tofu-insecure" },
        { Url + $"--tofu-fingerprint-acknowledge={A} --tofu-fingerprint={A}", "--tofu-fingerprint-acknowledge needs --tofu-insecure" },

        // Nothing to trust, nowhere to go.
        { Url, "in system mode there is nothing yet to verify the Controller by" },
        { Url + "--pki-addr pki:443", "--pki-addr: nothing could prove" },
        { "--trust-public-roots", "nothing says where the Controller is" },

        // Values.
        { Url + "--tofu-fingerprint=abc", "--tofu-fingerprint: 'abc' is not a SHA-256 fingerprint" },
        { Url + "--tofu-spki=md5:00", "--tofu-spki: 'md5:00' is not a SHA-256 fingerprint" },
        { Url + "--tofu-insecure --tofu-fingerprint-acknowledge=x", "--tofu-fingerprint-acknowledge: 'x' is not" },
        { "--url http://localhost --trust-public-roots", "--url: a Controller is reached over https:// only" },
        { "--url https://localhost/x --trust-public-roots", "--url: an address ends after the port" },
        { Url + "--ca-cert /nowhere/ca.pem", "--ca-cert: /nowhere/ca.pem cannot be read" },
        { Url + "--ca-cert /etc/hostname", "--ca-cert: /etc/hostname holds no certificate" },
        { Url + "--trust-public-roots --enrollment-token hello", "--enrollment-token: this is not an enrollment token" },
        { Url + "--trust-public-roots --enrollment-token-file /nowhere/t", "--enrollment-token-file: cannot read /nowhere/t" },
        { Url + "--trust-public-roots --enrollment-token a --enrollment-token-file b", "are both given" },
        { Url + "--trust-public-roots --config-dir /nowhere", "there is no /nowhere/service.conf" },
        { Url + "--trust-public-roots --tofu-insecur", "did you mean '--tofu-insecure'" },
        { Url + "more", "unknown command 'more'" },
    };

    [Theory]
    [MemberData(nameof(WrongLines))]
    public async Task CommandLine_WrongUsage_NamesTheFlagAndTouchesNothing(string line, string words)
    {
        using ServiceProcess agent = new();
        string ca = agent.Scratch("ca.pem");
        await File.WriteAllTextAsync(ca, TestCa.Root().Bundle.ToPem(), TestContext.Current.CancellationToken);

        ExitCode exit = await agent.RunAsync(line.Replace("CA", ca, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(words, agent.Error, StringComparison.Ordinal);
        Assert.Empty(agent.Out);
        Assert.False(Directory.Exists(agent.State));
    }

    [Fact]
    public async Task CaFile_FromAPipe_IsReadWithinItsLimit()
    {
        using ServiceProcess agent = new();
        string pem = TestCa.Root().Bundle.ToPem();
        string[] look = ["trust", "explain", "--url", "https://localhost:1", "--ca-cert"];

        using (Pipe pipe = new(agent.Scratch("good"), pem))
            Assert.Equal(ExitCode.Unreachable, await agent.RunAsync([.. look, pipe.Path]));
        using (Pipe pipe = new(agent.Scratch("large"), new string('\n', (256 << 10) + 1)))
            Assert.Equal(ExitCode.Usage, await agent.RunAsync([.. look, pipe.Path]));
        Assert.Contains("--ca-cert: ", agent.Error, StringComparison.Ordinal);
        Assert.Contains("is larger than 256 KiB", agent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigFile_ThatIsAPipe_IsReadWithinItsLimit()
    {
        using ScratchFolder folder = new();
        using (Pipe pipe = new(folder["service.conf"], "UPTRAKIT_URL=https://pipe\n"))
            Assert.Empty(FaultsOf(folder));
        File.Delete(folder["service.conf"]);
        using (Pipe pipe = new(folder["service.conf"], new string('\n', (64 << 10) + 1)))
            Assert.Contains("is longer than 64 KiB", Assert.Single(FaultsOf(folder)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tofu")]
    [InlineData("--tofu=aa")]
    [InlineData("--tofu", "--tofu-fingerprint=" + A)]
    [InlineData("--url", "https://localhost", "--tofu")]
    [InlineData("trust", "explain", "--tofu")]
    public async Task CommandLine_BareTofu_EndsWithTheTableOfReplacements(params string[] line)
    {
        using ServiceProcess agent = new();

        Assert.Equal(ExitCode.Usage, await agent.RunAsync(line));

        Assert.Contains("--tofu (alone)                   --tofu-insecure (preferred) or --tofu-fingerprint=<hex>", agent.Error, StringComparison.Ordinal);
        Assert.Contains("--tofu --tofu-fingerprint=<hex>  --tofu-fingerprint=<hex>", agent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_BareTofu_EndsTheSameWay()
    {
        using ServiceProcess agent = new();
        agent.Variables["UPTRAKIT_TOFU"] = "1";

        Assert.Equal(ExitCode.Usage, await agent.RunAsync());

        Assert.Contains("--tofu is removed", agent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandLine_SeveralFaults_AreToldAtOnce()
    {
        using ServiceProcess agent = new();
        agent.Variables["UPTRAKIT_TOFU_INSECURE"] = "perhaps";

        await agent.RunAsync("--url", "http://x", "--tofu-fingerprint=1", "--ca-cert", "/nowhere", "--enrollment-token", "x");

        foreach (string words in (string[])["--url:", "--tofu-fingerprint:", "excludes --ca-cert", "/nowhere cannot be read", "--enrollment-token:", "UPTRAKIT_TOFU_INSECURE: 'perhaps' is neither"])
            Assert.Contains(words, agent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandLine_FaultyToken_IsNotQuoted()
    {
        using ServiceProcess agent = new();
        string token = ServiceToken.Mint(Guid.NewGuid(), TestCa.Now, [], null).Reveal();

        await agent.RunAsync("--url", "localhost", "--trust-public-roots", "--enrollment-token", token[..^2]);

        Assert.Contains("the end of the token is missing", agent.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(token[10..30], agent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_WithAnotherPinThanTheFlag_IsAFault()
    {
        using ServiceProcess agent = new();
        string token = ServiceToken.Mint(Guid.NewGuid(), TestCa.Now, [new TokenAddress("localhost", 1)], TestCa.Root().Fingerprint).Reveal();

        Assert.Equal(ExitCode.Usage, await agent.RunAsync("--tofu-fingerprint=" + A, "--enrollment-token", token));

        Assert.Contains("--tofu-fingerprint is not the fingerprint in the enrollment token", agent.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--ca-cert")]
    [InlineData("--pki-addr")]
    public async Task SkipHostname_TokenWithAPinBesideOtherAnchors_IsAFault(string anchor)
    {
        using ServiceProcess agent = new();
        TestCa ca = TestCa.Root();
        await File.WriteAllTextAsync(agent.Scratch("ca.pem"), ca.Bundle.ToPem(), TestContext.Current.CancellationToken);
        string token = ServiceToken.Mint(Guid.NewGuid(), TestCa.Now, [new TokenAddress("localhost", 1)], ca.Fingerprint).Reveal();
        string[] line = ["--tofu-skip-hostname", "--trust-public-roots", anchor, anchor == "--ca-cert" ? agent.Scratch("ca.pem") : "pki:443", "--enrollment-token", token];

        Assert.Equal(ExitCode.Usage, await agent.RunAsync(line));
        Assert.Contains("--tofu-skip-hostname needs", agent.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await agent.RunAsync(["trust", "explain", .. line]));
    }

    [Fact]
    public void Settings_InEverySource_FlagBeatsVariableBeatsFile()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["service.conf"], "UPTRAKIT_URL=https://file\nUPTRAKIT_FRIENDLY_NAME=\"from file\"\n# no\nUPTRAKIT_TRUST_PUBLIC_ROOTS=true\n");
        Dictionary<string, string> variables = new()
        {
            ["UPTRAKIT_CONFIG_DIR"] = folder.Path, ["UPTRAKIT_URL"] = "https://variable", ["UPTRAKIT_CA_CERT"] = "",
        };
        List<string> faults = [];

        GivenSettings given = GivenSettings.Read(
            setting => setting == ServiceSettings.Url ? "https://flag" : null, variables.GetValueOrDefault, faults);

        Assert.Empty(faults);
        Assert.True(given.TryGet(ServiceSettings.Url, out GivenValue? url));
        Assert.Equal("https://flag", url.Text);
        Assert.True(given.TryGet(ServiceSettings.FriendlyName, out GivenValue? name));
        Assert.Equal("from file", name.Text);
        Assert.True(given.Has(ServiceSettings.TrustPublicRoots));
        Assert.False(given.Has(ServiceSettings.CaCert));
    }

    [Fact]
    public void Settings_SwitchThatIsFalse_IsNotSet()
    {
        List<string> faults = [];

        GivenSettings given = GivenSettings.Read(_ => null, name => name == "UPTRAKIT_TOFU_INSECURE" ? "false" : name == "HOME" ? "/nowhere" : null, faults);

        Assert.False(given.Has(ServiceSettings.TofuInsecure));
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("UPTRAKIT_NOTHING=1", "is not known")]
    [InlineData("UPTRAKIT_URL", "is not a setting")]
    [InlineData("UPTRAKIT_URL=a\nUPTRAKIT_URL=b", "is set a second time")]
    [InlineData("UPTRAKIT_CONFIG_DIR=/x", "cannot be set in the file")]
    [InlineData("UPTRAKIT_TOFU=1", "is removed")]
    public void ConfigFile_Faulty_IsNamedWithItsLine(string text, string words)
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["service.conf"], text);

        string fault = Assert.Single(FaultsOf(folder));

        Assert.Contains(words, fault, StringComparison.Ordinal);
        Assert.Contains("service.conf, line ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigFile_OthersMayWriteIt_IsRefused()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["service.conf"], "UPTRAKIT_TOFU_INSECURE=true");
        File.SetUnixFileMode(folder["service.conf"], (UnixFileMode)0b110_110_100);

        Assert.Contains("can be written by other users", Assert.Single(FaultsOf(folder)), StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigFile_TokenThatAllMayRead_IsRefused()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["service.conf"], "UPTRAKIT_ENROLLMENT_TOKEN=upt1_x");
        File.SetUnixFileMode(folder["service.conf"], (UnixFileMode)0b110_100_100);

        Assert.Contains("holds an enrollment token", Assert.Single(FaultsOf(folder)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_NamesEverySettingAndItsVariable()
    {
        using ServiceProcess agent = new();

        Assert.Equal(ExitCode.Done, await agent.RunAsync("--help"));

        string help = agent.Out.ReplaceLineEndings(" ");
        foreach (Setting setting in ServiceSettings.All)
        {
            Assert.Contains(setting.Name, help, StringComparison.Ordinal);
            Assert.Contains($"[{setting.Variable}]", help, StringComparison.Ordinal);
        }
    }

    private static List<string> FaultsOf(ScratchFolder folder)
    {
        List<string> faults = [];
        GivenSettings.Read(setting => setting == ServiceSettings.ConfigDir ? folder.Path : null, _ => null, faults);
        return faults;
    }
}
