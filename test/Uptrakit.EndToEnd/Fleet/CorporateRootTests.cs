using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Digests;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>A Controller behind the certificate of a corporate CA, as it is behind Let's Encrypt: its own CA is for Services only.</summary>
public sealed class CorporateRootTests : FleetTest
{
    private readonly TestCa corporate = TestCa.Root("Corporate Root");
    private ControllerProcess hub = null!;
    private string store = null!;

    public override async ValueTask InitializeAsync()
    {
        hub = NewController();
        store = Scratch["corporate.pem"];
        string certificate = Scratch["hub.crt"];
        string key = Scratch["hub.key"];
        using X509Certificate2 leaf = corporate.Leaf(Forged.Today);
        await File.WriteAllTextAsync(store, corporate.Certificate.ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(certificate, leaf.ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(key, leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Cancel);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await hub.StartAsync(Cancel, "--tls-cert", certificate, "--tls-key", key);
    }

    [Fact]
    public async Task NativeRoots_WithTheCorporateCa_AreReadAtTheStartAndVouch()
    {
        string root = await hub.FingerprintAsync(Cancel);
        ServiceProcess agent = await RunsAsync("--trust-native-roots");
        Assert.Equal(1, agent.Said("Loaded 1 roots of this host"));
        Assert.Equal([root], BundleOf(agent));
        await agent.StopAsync(Cancel);

        // The stored bundle alone does not vouch for a corporate certificate; the flag stays in the unit file.
        (await agent.RunAsync(null, Cancel)).Expect(3);
        agent.Launch(null, "--trust-native-roots");
        await agent.ConnectedAsync(Cancel);

        // "Loaded once at startup": what the store holds later is for the next start.
        await File.WriteAllTextAsync(store, TestCa.Root("Another").Certificate.ExportCertificatePem(), Cancel);
        await hub.Kill9Async(Cancel);
        await hub.StartAsync(Cancel, "--tls-cert", Scratch["hub.crt"], "--tls-key", Scratch["hub.key"]);
        await agent.ConnectedAsync(Cancel, times: 2);
        await agent.StopAsync(Cancel);
        (await agent.RunAsync(null, Cancel, "--trust-native-roots")).Expect(3);
    }

    [Fact]
    public async Task NativeRoots_WithAPin_AlsoDemandThePinnedCertificateInTheBundle()
    {
        string root = await hub.FingerprintAsync(Cancel);
        ServiceProcess agent = await RunsAsync("--trust-native-roots", $"--tofu-fingerprint={root}");
        Assert.Equal([root], BundleOf(agent));

        // What stands in the chain of the server, but not in the bundle that it serves.
        ServiceProcess other = NewAgent();
        string elsewhere = corporate.Fingerprint.ToString();
        (await other.RunAsync(await NewTokenAsync(), Cancel, Options("--trust-native-roots", $"--tofu-fingerprint={elsewhere}"))).Expect(3);
        Assert.False(File.Exists(other.StateFile));
    }

    [Theory]
    [InlineData("--trust-public-roots")]
    [InlineData("--tofu-fingerprint")]
    public async Task CorporateCertificate_WithoutTheNativeRoots_IsRefused(string flag)
    {
        // A pin of the Controller's own CA says nothing of a corporate certificate: a proxy's would be as good.
        string given = flag == "--tofu-fingerprint" ? $"{flag}={await hub.FingerprintAsync(Cancel)}" : flag;
        ServiceProcess agent = NewAgent();
        Ran refused = await agent.RunAsync(await NewTokenAsync(), Cancel, Options(given));
        refused.Expect(3);
        Assert.False(File.Exists(agent.StateFile));
    }

    [Fact]
    public async Task Spki_OfTheCorporateLeaf_SurvivesARenewalWithTheSameKey()
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificateFromFile(Scratch["hub.crt"]);
        ServiceProcess agent = await RunsAsync($"--tofu-spki={SpkiFingerprint.Of(leaf)}");
        await agent.StopAsync(Cancel);

        using X509Certificate2 old = X509Certificate2.CreateFromPemFile(Scratch["hub.crt"], Scratch["hub.key"]);
        using X509Certificate2 renewed = corporate.Leaf(Forged.Today with { Key = old.GetECDsaPrivateKey() });
        await File.WriteAllTextAsync(Scratch["hub.crt"], renewed.ExportCertificatePem(), Cancel);
        await hub.StopAsync(Cancel);
        await hub.StartAsync(Cancel, "--tls-cert", Scratch["hub.crt"], "--tls-key", Scratch["hub.key"]);

        agent.Launch(null);
        await agent.ConnectedAsync(Cancel);
    }

    private ServiceProcess NewAgent()
    {
        ServiceProcess agent = NewService();
        agent.Variables["SSL_CERT_FILE"] = store;
        return agent;
    }

    private Task<string> NewTokenAsync() => hub.TokenAsync(Cancel, pin: false);

    private string[] Options(params string[] flags) => ["--url", hub.Url, "--enrollment-token-file", "-", .. flags];

    private async Task<ServiceProcess> RunsAsync(params string[] flags)
    {
        ServiceProcess agent = NewAgent();
        agent.Launch(await NewTokenAsync(), Options(flags));
        await agent.ConnectedAsync(Cancel);
        return agent;
    }
}
