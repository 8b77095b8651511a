using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Client;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>
/// Somebody between a host and the Controller, with everything that is public and an enrolled agent's key, against the real
/// agent with a real token. It ends with exit code 3, and all that he ever decrypts is the request for a public file.
/// </summary>
public sealed class AttackTests(SharedController shared, Insider insider) : SharedFleetTest(shared), IClassFixture<Insider>
{
    private readonly TestCa evil = TestCa.Root("Evil Root");
    private readonly X509Certificate2 genuineRoot = insider.Root;
    private readonly X509Certificate2 genuineIssuing = insider.IssuingCa;
    private readonly string genuineBundle = CertificateBundle.Of([insider.Root]).ToPem();

    [Fact]
    public async Task GenuineBundle_RelayedBehindAForeignLeaf_IsRefused() =>
        await AreRefusedAsync(evil.Leaf(Forged.Today), [evil.Certificate], genuineBundle);

    [Fact]
    public async Task GenuineAuthorities_AppendedToAForeignLeaf_AreRefused() =>
        await AreRefusedAsync(evil.Leaf(Forged.Today), [evil.Certificate, genuineIssuing, genuineRoot], genuineBundle);

    [Fact]
    public async Task Authority_ClonedWithNameAndKeyId_IsRefused()
    {
        TestCa clone = TestCa.CloneOf(genuineRoot);
        await AreRefusedAsync(clone.Leaf(Forged.Today), [clone.Certificate, genuineRoot], genuineBundle);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bundle_StuffedWithTheAttackersRoot_IsRefusedInEitherOrder(bool genuineFirst)
    {
        X509Certificate2[] stuffed = genuineFirst ? [genuineRoot, evil.Certificate] : [evil.Certificate, genuineRoot];
        await AreRefusedAsync(evil.Leaf(Forged.Today), [evil.Certificate], CertificateBundle.Of(stuffed).ToPem());
    }

    [Fact]
    public async Task Bundle_Oversized_IsRefused() => await AreRefusedAsync(
        evil.Leaf(Forged.Today), [evil.Certificate], new string('#', CertificateBundle.MaximumSize) + genuineBundle);

    [Fact]
    public async Task Bundle_Redirected_IsNotFollowed()
    {
        await using HostileServer target = await ServingAsync(evil.Leaf(Forged.Today), [evil.Certificate], genuineBundle);
        byte[] redirect = ServedFile.Answer("302 Found", [], $"Location: https://localhost:{target.Port}/api/v1/pki/ca.crt\r\n");
        await using HostileServer server = await HostileServer.StartAsync(evil.Leaf(Forged.Today), [evil.Certificate], _ => redirect);
        await IsRefusedAsync(server, $"--tofu-fingerprint={Root}");
        Assert.Empty(target.Received);
    }

    [Fact]
    public async Task AgentsCertificate_AsServer_IsRefused() =>
        await AreRefusedAsync(insider.Leaf, [genuineIssuing], genuineBundle, "--tofu-skip-hostname");

    [Fact]
    public async Task AgentsCertificate_AsAuthority_IsRefused()
    {
        TestCa posing = TestCa.Posing(insider.Leaf);
        await AreRefusedAsync(posing.Leaf(Forged.Today), [posing.Certificate, genuineIssuing], genuineBundle);
    }

    [Fact]
    public async Task Tls12_IsRefusedWithoutAByte()
    {
        TestCa root = TestCa.Root();
        await using HostileServer server = await HostileServer.StartAsync(
            root.Leaf(Forged.Today), [], _ => ServedFile.Ok(root.Bundle.ToPem()), "-tls1_2");
        await RefusesAsync(server, $"--tofu-fingerprint={root.Fingerprint}");
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task IssuerAddress_OfABlackHole_IsNeverCalled()
    {
        using BlackHole hole = new();
        TestCa root = TestCa.Root();
        TestCa unsent = root.Issue();
        X509Certificate2 leaf = unsent.Leaf(Forged.Today with { Extra = [Forged.IssuerAt(hole.Port)] });
        await using HostileServer server = await ServingAsync(leaf, [], root.Bundle.ToPem());

        await IsRefusedAsync(server, $"--tofu-fingerprint={root.Fingerprint}");

        Assert.Equal(0, hole.Connections);
    }

    [Theory]
    [InlineData("--trust-native-roots")]
    [InlineData("--trust-public-roots")]
    public async Task System_ForeignServer_IsRefusedWithoutAByte(string mode)
    {
        await using HostileServer server = await ServingAsync(evil.Leaf(Forged.Today), [evil.Certificate], genuineBundle);
        await RefusesAsync(server, mode);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task EnrolledAgent_SentToAForeignServer_AsksItForPublicFilesAndNothingElse()
    {
        await using HostileServer server = await ServingAsync(evil.Leaf(Forged.Today), [evil.Certificate, genuineRoot], genuineBundle);
        string before = await File.ReadAllTextAsync(insider.Agent.StateFile, Cancel);

        (await insider.Agent.RunAsync(null, Cancel, "--url", $"https://localhost:{server.Port}")).Expect(3);

        // It looks whether its own root has handed over to another one meanwhile; of that, too, only a signature would convince it.
        Assert.Empty(server.Received.Replace(server.BundleRequest, "", StringComparison.Ordinal)
            .Replace(server.BundleRequest.Replace(PkiPath.Bundle, PkiPath.HandOver, StringComparison.Ordinal), "", StringComparison.Ordinal));
        Assert.Equal(before, await File.ReadAllTextAsync(insider.Agent.StateFile, Cancel));
    }

    [Fact]
    public async Task Acknowledged_ForeignServer_IsRefused()
    {
        await using HostileServer server = await ServingAsync(evil.Leaf(Forged.Today), [evil.Certificate], genuineBundle);
        await IsRefusedAsync(server, "--tofu-insecure", $"--tofu-fingerprint-acknowledge={Root}");
    }

    [Fact]
    public async Task CommandLine_ForeignServer_GetsNoToken()
    {
        await using HostileServer server = await ServingAsync(evil.Leaf(Forged.Today), [evil.Certificate], genuineBundle);
        CliUser user = new(Scratch["operator"], $"https://localhost:{server.Port}");
        await File.WriteAllTextAsync(Scratch["api.token"], "upk_secret", Cancel);

        (await user.RunAsync(Cancel, "auth", "login", $"--tofu={Root}", "--token-file", Scratch["api.token"])).Expect(3);
        Assert.Equal(server.BundleRequest, server.Received);

        (await user.RunAsync(Cancel, "--token-file", Scratch["api.token"], "services", "list")).Expect(3);
        Assert.Equal(server.BundleRequest, server.Received);
    }

    private static Task<HostileServer> ServingAsync(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> chain, string bundle) =>
        HostileServer.StartAsync(leaf, chain, path => path == PkiPath.Bundle ? ServedFile.Ok(bundle) : ServedFile.NotFound);

    /// <summary>In both modes that pin something of the genuine Controller.</summary>
    private async Task AreRefusedAsync(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> chain, string bundle, params string[] flags)
    {
        foreach (string pin in (string[])[$"--tofu-fingerprint={Root}", $"--tofu-spki={SpkiFingerprint.Of(genuineRoot)}"])
        {
            await using HostileServer server = await ServingAsync(leaf, chain, bundle);
            await IsRefusedAsync(server, [pin, .. flags]);
        }
    }

    /// <summary>The attacker got the one GET of a connection that nobody verified: no token, no request for a certificate.</summary>
    private async Task IsRefusedAsync(HostileServer server, params string[] flags)
    {
        await RefusesAsync(server, flags);
        Assert.Equal(server.BundleRequest, server.Received);
    }

    private async Task RefusesAsync(HostileServer server, params string[] flags)
    {
        ServiceProcess agent = NewService();
        Ran refused = (await agent.RunAsync(
            await TokenAsync(), Cancel, ["--url", $"https://localhost:{server.Port}", "--enrollment-token-file", "-", .. flags])).Expect(3);
        Assert.Contains("is not trusted", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(agent.StateFile));
    }
}
