using System.Text.Json;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Digests;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>The examples of tofu-and-tls-hardening as an operator types them, with --url and a token.</summary>
public sealed class SpecExampleTests(SharedController shared) : SharedFleetTest(shared)
{
    private static readonly string OtherPin = new('e', 64);

    [Fact]
    public async Task Fingerprint_WithColons_StoresTheBundleAndIsNotNeededAgain()
    {
        ServiceProcess agent = NewService();
        agent.Launch(await TokenAsync(), [.. Joining, $"--tofu-fingerprint={Colons(Root).ToLowerInvariant()}"]);
        await agent.ConnectedAsync(Cancel);

        JsonElement trust = agent.State().GetProperty("trust");
        Assert.Equal(("pin-fingerprint", Root), (trust.GetProperty("mode").GetString(), trust.GetProperty("pin").GetString()));
        Assert.Equal([Root], BundleOf(agent));
        Assert.Equal(0, await agent.StopAsync(Cancel));

        agent.Launch(null);
        await agent.ConnectedAsync(Cancel);
        Assert.True(agent.Said("trust mode system") >= 1);
        Assert.Equal(0, await agent.StopAsync(Cancel));
    }

    [Fact]
    public async Task Fingerprint_OnALaterRun_IsComparedWithTheDisk()
    {
        ServiceProcess agent = await ConnectedAsync();
        await agent.StopAsync(Cancel);
        string before = await File.ReadAllTextAsync(agent.StateFile, Cancel);

        Ran refused = (await agent.RunAsync(null, Cancel, $"--tofu-fingerprint={OtherPin}")).Expect(3);
        Assert.Contains($"Demanded {OtherPin}, found {Root}", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(agent.StateFile, Cancel));

        agent.Launch(null, $"--tofu-fingerprint=sha256:{Root}");
        await agent.ConnectedAsync(Cancel);
    }

    [Fact]
    public async Task Spki_OfTheRoot_IsStoredBesideTheBundleAndHoldsOnALaterRun()
    {
        ServiceProcess first = await ConnectedAsync();
        string key = SpkiFingerprint.Of(CertificatesIn(first.State().GetProperty("trust").GetProperty("bundle"))[0]).ToString();

        ServiceProcess agent = NewService();
        agent.Launch(await TokenAsync(), [.. Joining, $"--tofu-spki={Colons(key)}"]);
        await agent.ConnectedAsync(Cancel);
        JsonElement trust = agent.State().GetProperty("trust");
        Assert.Equal(("pin-spki", key), (trust.GetProperty("mode").GetString(), trust.GetProperty("matched_spki").GetString()));
        Assert.Equal([Root], BundleOf(agent));
        await agent.StopAsync(Cancel);

        agent.Launch(null, $"--tofu-spki={key}");
        await agent.ConnectedAsync(Cancel);
        await agent.StopAsync(Cancel);
        (await agent.RunAsync(null, Cancel, $"--tofu-spki={OtherPin}")).Expect(3);
    }

    [Fact]
    public async Task Insecure_OnEveryConnection_WarnsAndStoresNoTrust()
    {
        ServiceProcess agent = NewService();
        // 127.0.0.1 is not in the certificate: the name counts for nothing in this mode.
        agent.Launch(await TokenAsync(), "--url", $"https://127.0.0.1:{Controller.Port}", "--enrollment-token-file", "-", "--tofu-insecure");
        await agent.ConnectedAsync(Cancel);
        int first = Insecurities(agent);
        Assert.True(first >= 1);
        Assert.False(agent.State().TryGetProperty("trust", out _));

        await Controller.StopAsync(Cancel);
        await SharedController.StartAsync(Controller, Cancel);
        await agent.ConnectedAsync(Cancel, times: 2);
        Assert.True(Insecurities(agent) > first);
        await agent.StopAsync(Cancel);

        agent.Launch(null, "--tofu-insecure");
        await agent.ConnectedAsync(Cancel);
        Assert.True(Insecurities(agent) >= 1);
        string stored = await File.ReadAllTextAsync(agent.StateFile, Cancel);
        Assert.DoesNotContain("bundle", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("pin", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acknowledge_WithTheFingerprintOfTheRunBefore_StoresIt()
    {
        ServiceProcess agent = await InsecureAsync();
        string seen = Assert.Single(agent.Log.Where(static l => l.Contains("INSECURE", StringComparison.Ordinal)).Select(static l => l[^64..]).Distinct());
        Assert.Equal(Root, seen);

        agent.Launch(null, "--tofu-insecure", $"--tofu-fingerprint-acknowledge={seen}");
        await agent.ConnectedAsync(Cancel);
        Assert.Equal([Root], BundleOf(agent));
        await agent.StopAsync(Cancel);

        agent.Launch(null);
        await agent.ConnectedAsync(Cancel);
        Assert.Equal(0, Insecurities(agent));
    }

    [Fact]
    public async Task Acknowledge_WithAnother_EndsWithBothFingerprintsAndWritesNothing()
    {
        ServiceProcess agent = await InsecureAsync();
        string before = await File.ReadAllTextAsync(agent.StateFile, Cancel);

        Ran refused = (await agent.RunAsync(null, Cancel, "--tofu-insecure", $"--tofu-fingerprint-acknowledge={OtherPin}")).Expect(3);

        Assert.Contains(refused.Errors.Split('\n'), line => line.Contains(" fail: ", StringComparison.Ordinal)
            && line.Contains(OtherPin, StringComparison.Ordinal) && line.Contains(Root, StringComparison.Ordinal));
        Assert.Equal(before, await File.ReadAllTextAsync(agent.StateFile, Cancel));
    }

    [Fact]
    public async Task Name_NotInTheCertificate_IsRefusedUnlessSkipped()
    {
        string token = await TokenAsync();
        string[] byAddress = ["--url", $"https://127.0.0.1:{Controller.Port}", "--enrollment-token-file", "-", $"--tofu-fingerprint={Root}"];
        ServiceProcess agent = NewService();
        (await agent.RunAsync(token, Cancel, byAddress)).Expect(3);
        Assert.False(File.Exists(agent.StateFile));

        agent.Launch(token, [.. byAddress, "--tofu-skip-hostname"]);
        await agent.ConnectedAsync(Cancel);
        Assert.True(agent.Said("--tofu-skip-hostname") >= 1);
    }

    [Fact]
    public async Task PublicRoots_WithThePinInTheToken_AreAddedToIt()
    {
        ServiceProcess agent = NewService();
        agent.Launch(await Controller.TokenAsync(Cancel), [.. Joining, "--trust-public-roots"]);
        await agent.ConnectedAsync(Cancel);
        Assert.Equal([Root], BundleOf(agent));
    }

    [Fact]
    public async Task PublicRoots_Alone_DoNotVouchForTheControllersOwnCa()
    {
        ServiceProcess agent = NewService();
        (await agent.RunAsync(await TokenAsync(), Cancel, [.. Joining, "--trust-public-roots"])).Expect(3);
        Assert.False(File.Exists(agent.StateFile));
    }

    [Fact]
    public async Task Token_WithAddressAndPin_IsAllThatIsPasted()
    {
        ServiceProcess agent = NewService();
        agent.Launch(null, "--enrollment-token", await Controller.TokenAsync(Cancel));
        await agent.ConnectedAsync(Cancel);
        Assert.Equal([Root], BundleOf(agent));
    }

    [Fact]
    public async Task Token_FromFileAndVariable_AreTaken()
    {
        string file = Scratch["token"];
        await File.WriteAllTextAsync(file, await Controller.TokenAsync(Cancel) + "\n", Cancel);
        ServiceProcess byFile = NewService();
        byFile.Launch(null, "--enrollment-token-file", file);
        await byFile.ConnectedAsync(Cancel);

        ServiceProcess byVariable = NewService();
        byVariable.Variables["UPTRAKIT_URL"] = Controller.Url;
        byVariable.Variables["UPTRAKIT_TOFU_FINGERPRINT"] = Root;
        byVariable.Variables["UPTRAKIT_ENROLLMENT_TOKEN"] = await TokenAsync();
        byVariable.Launch(null);
        await byVariable.ConnectedAsync(Cancel);
    }

    [Fact]
    public async Task CaFile_OfTheControllersRoot_IsSystemMode()
    {
        ServiceProcess first = await ConnectedAsync();
        string file = Scratch["ca.crt"];
        await File.WriteAllTextAsync(file, CertificatesIn(first.State().GetProperty("trust").GetProperty("bundle"))[0].ExportCertificatePem(), Cancel);

        ServiceProcess agent = NewService();
        agent.Launch(await TokenAsync(), [.. Joining, "--ca-cert", file]);
        await agent.ConnectedAsync(Cancel);
        Assert.Equal("system", agent.State().GetProperty("trust").GetProperty("mode").GetString());
    }

    [Fact]
    public async Task Nothing_ToVerifyBy_IsWrongUsage()
    {
        Ran ran = (await NewService().RunAsync(await TokenAsync(), Cancel, Joining)).Expect(2);
        Assert.Contains("--tofu-fingerprint", ran.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tofu")]
    [InlineData("--tofu", "--tofu-fingerprint=e3676c6137dada24f41974e2fb62546dadc2c6d6b831e4bb2635393218c64ce4")]
    public async Task Tofu_Bare_IsWrongUsageWithTheTableOfReplacements(params string[] given)
    {
        Ran ran = (await NewService().RunAsync(null, Cancel, ["--url", Controller.Url, .. given])).Expect(2);
        Assert.Matches(@"--tofu \(alone\) +--tofu-insecure \(preferred\) or --tofu-fingerprint=<hex>", ran.Errors);
        Assert.Matches(@"--tofu --tofu-fingerprint=<hex> +--tofu-fingerprint=<hex>", ran.Errors);
    }

    [Theory]
    [InlineData("--tofu-fingerprint", "--tofu-fingerprint=P", "--ca-cert", "F")]
    [InlineData("--tofu-spki", "--tofu-spki=P", "--ca-cert", "F")]
    [InlineData("--tofu-insecure", "--tofu-insecure", "--ca-cert", "F")]
    [InlineData("--tofu-fingerprint", "--tofu-fingerprint=P", "--pki-addr", "localhost:1")]
    [InlineData("--tofu-spki", "--tofu-spki=P", "--pki-addr", "localhost:1")]
    [InlineData("--tofu-insecure", "--tofu-insecure", "--pki-addr", "localhost:1")]
    [InlineData("--tofu-spki", "--tofu-fingerprint=P", "--tofu-spki=P")]
    [InlineData("--tofu-insecure", "--tofu-fingerprint=P", "--tofu-insecure")]
    [InlineData("--tofu-skip-hostname", "--tofu-skip-hostname")]
    [InlineData("--tofu-fingerprint-acknowledge", "--tofu-fingerprint-acknowledge=P")]
    [InlineData("--tofu-fingerprint", "--tofu-fingerprint=123")]
    public async Task Flags_ThatDoNotGoTogether_AreWrongUsageThatNamesThem(string named, params string[] given)
    {
        string file = Scratch["ca.pem"];
        await File.WriteAllTextAsync(file, TestCa.Root().Certificate.ExportCertificatePem(), Cancel);
        string[] flags = [.. given.Select(one => one == "F" ? file : one.Replace("=P", $"={Root}", StringComparison.Ordinal))];

        ServiceProcess agent = NewService();
        Ran ran = (await agent.RunAsync(null, Cancel, ["--url", Controller.Url, .. flags])).Expect(2);

        Assert.Contains(named, ran.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(agent.Folder) && File.Exists(agent.StateFile));
    }

    private static int Insecurities(ServiceProcess agent) =>
        agent.Log.Count(static line => line.Contains(" warn: ", StringComparison.Ordinal) && line.Contains("INSECURE", StringComparison.Ordinal));

    /// <summary>Has run once with --tofu-insecure.</summary>
    private async Task<ServiceProcess> InsecureAsync()
    {
        ServiceProcess agent = NewService();
        agent.Launch(await TokenAsync(), [.. Joining, "--tofu-insecure"]);
        await agent.ConnectedAsync(Cancel);
        await agent.StopAsync(Cancel);
        return agent;
    }
}
