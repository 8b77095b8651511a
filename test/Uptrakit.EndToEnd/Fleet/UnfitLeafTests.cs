using System.Net;
using Uptrakit.Contracts.Client;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;
using Uptrakit.Tests.Shared.Tls;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>A certificate that the trusted CA itself issued, and that is still none for this server at this time.</summary>
public sealed class UnfitLeafTests(SharedController shared) : SharedFleetTest(shared)
{
    private const string Name = "controller.com";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly TestCa root = TestCa.Root();

    /// <summary>Wrong in one thing each: where it is the name, it is dialed by that very name.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "expired", "localhost", "has expired" },
        { "not yet valid", "localhost", "is not valid yet" },
        { "another name", "localhost", "is not among the names" },
        { "name in the subject only", "localhost", "is not among the names" },
        { "address as a DNS name", "127.0.0.1", "is not among the names" },
        { "*.com", Name, "is not among the names" },
        { "for clients", "localhost", "may not be used by a TLS server" },
        { "an authority", "localhost", "the certificate of an authority" },
    };

    /// <summary>All that he ever decrypts is the request for a public file.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Leaf_OfThePinnedCa_ThatDoesNotFit_IsRefused(string what, string host, string why)
    {
        await using HostileServer server = await ServingAsync(Unfit(what));
        await IsRefusedAsync(server, host, why, $"--tofu-fingerprint={root.Fingerprint}");
        Assert.Equal(BundleRequest(server, host), server.Received);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Leaf_OfTheGivenCa_ThatDoesNotFit_IsRefusedWithoutAByte(string what, string host, string why)
    {
        await using HostileServer server = await ServingAsync(Unfit(what));
        await IsRefusedAsync(server, host, why, await GivenAsync());
        Assert.Empty(server.Received);
    }

    /// <summary>Without this the refusals above would say little.</summary>
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData(Name)]
    public async Task Leaf_ThatFits_IsSpokenTo(string host)
    {
        LeafSpec fit = Forged.Today with { DnsNames = ["localhost", Name], Addresses = [IPAddress.Loopback] };
        string[] modes = [$"--tofu-fingerprint={root.Fingerprint}", await GivenAsync()];
        foreach (string mode in modes)
        {
            await using HostileServer server = await ServingAsync(fit);
            ServiceProcess agent = await AgentAsync(host);
            agent.Launch(await TokenAsync(), Options(server, host, mode));

            // The connection that nobody verified brings one request; the next byte comes on one that was.
            int unverified = mode == modes[0] ? BundleRequest(server, host).Length : 0;
            await Until.TrueAsync($"the agent trusts {host}:\n{agent.Tail()}", () => server.Received.Length > unverified, Patience, Cancel);
        }
    }

    private static LeafSpec Unfit(string what) => what switch
    {
        "expired" => Forged.Today with { NotAfter = Forged.Now.AddHours(-1) },
        "not yet valid" => Forged.Today with { NotBefore = Forged.Now.AddHours(1) },
        "another name" => Forged.Today with { DnsNames = ["elsewhere.example"] },
        "name in the subject only" => Forged.Today with { CommonName = "localhost", DnsNames = [] },
        "address as a DNS name" => Forged.Today with { DnsNames = ["127.0.0.1"] },
        "*.com" => Forged.Today with { DnsNames = ["*.com"] },
        "for clients" => Forged.Today with { Purpose = LeafSpec.ClientAuth },
        _ => Forged.Today with { Authority = true },
    };

    private static string BundleRequest(HostileServer server, string host) =>
        server.BundleRequest.Replace("Host: localhost:", $"Host: {host}:", StringComparison.Ordinal);

    private static string[] Options(HostileServer server, string host, string mode) =>
        ["--url", $"https://{host}:{server.Port}", "--enrollment-token-file", "-", mode];

    private Task<HostileServer> ServingAsync(LeafSpec spec) => HostileServer.StartAsync(
        root.Leaf(spec), [], path => path == PkiPath.Bundle ? ServedFile.Ok(root.Bundle.ToPem()) : ServedFile.NotFound);

    private async Task<string> GivenAsync()
    {
        await File.WriteAllTextAsync(Scratch["ca.pem"], root.Bundle.ToPem(), Cancel);
        return $"--ca-cert={Scratch["ca.pem"]}";
    }

    private async Task<ServiceProcess> AgentAsync(string host)
    {
        ServiceProcess agent = NewService();
        if (host != Name)
            return agent;
        Assert.SkipUnless(await HostsFile.CanBeReplacedAsync(Cancel), "a process cannot be given a hosts file of its own here");
        agent.Hosts = new HostsFile(Scratch["hosts"], Name);
        return agent;
    }

    private async Task IsRefusedAsync(HostileServer server, string host, string why, string mode)
    {
        ServiceProcess agent = await AgentAsync(host);
        Ran refused = (await agent.RunAsync(await TokenAsync(), Cancel, Options(server, host, mode))).Expect(3);
        Assert.Contains("is not trusted", refused.Errors, StringComparison.Ordinal);
        Assert.Contains(why, refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(agent.StateFile));
    }
}
