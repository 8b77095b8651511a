using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Client;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Tests.Trust.Verification;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Contracts.Client;

/// <summary>
/// Attacks on first contact. Each is refused, and all that the attacker ever reads is the one GET of the connection that was
/// never verified (none at all where there is no such connection).
/// </summary>
public sealed class FirstContactAttackTests
{
    private static readonly TestCa Root = TestCa.Root();
    private static readonly TestCa Issuing = Root.Issue();
    private static readonly TestCa Evil = TestCa.Root("Evil Root");

    private static readonly ServerTrust ByFingerprint = ServerTrust.PinFingerprint(Root.Fingerprint, skipHostname: false);
    private static readonly ServerTrust ByKey = ServerTrust.PinSpki(Root.Spki, skipHostname: false);

    [Fact]
    public async Task GenuineBundle_RelayedBehindAForeignLeaf_IsRefused() =>
        await AssertPinsRefuseAsync(Evil.Leaf(), [Evil.Certificate], Root.Bundle.ToPem(), ContactRefusal.Server);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bundle_StuffedWithTheAttackersRoot_IsRefusedInEitherOrder(bool genuineFirst)
    {
        X509Certificate2[] stuffed = genuineFirst ? [Root.Certificate, Evil.Certificate] : [Evil.Certificate, Root.Certificate];
        await AssertPinsRefuseAsync(
            Evil.Leaf(),
            [Evil.Certificate],
            CertificateBundle.Of(stuffed).ToPem(),
            ContactRefusal.Server
        );
    }

    [Fact]
    public async Task Bundle_WithoutThePin_IsRefusedAtTheFirstConnection() =>
        await AssertPinsRefuseAsync(Evil.Leaf(), [Evil.Certificate], Evil.Bundle.ToPem(), ContactRefusal.Pin);

    [Fact]
    public async Task Bundle_Oversized_IsRefused() =>
        await AssertPinsRefuseAsync(
            Issuing.Leaf(),
            [Issuing.Certificate],
            new string('#', CertificateBundle.MaximumSize) + Root.Bundle.ToPem(),
            ContactRefusal.Bundle
        );

    [Fact]
    public async Task Bundle_OfTooManyCertificates_IsRefused()
    {
        string many = string.Concat(
            Enumerable.Range(0, CertificateBundle.MaximumCertificates).Select(i => TestCa.Root($"R{i}").Bundle.ToPem())
        );
        await AssertPinsRefuseAsync(Issuing.Leaf(), [Issuing.Certificate], many + Root.Bundle.ToPem(), ContactRefusal.Bundle);
    }

    [Fact]
    public async Task GenuineAuthority_AppendedToAForeignLeaf_IsRefused() =>
        await AssertPinsRefuseAsync(
            Evil.Leaf(),
            [Evil.Certificate, Issuing.Certificate, Root.Certificate],
            Root.Bundle.ToPem(),
            ContactRefusal.Server
        );

    [Fact]
    public async Task Authority_ClonedWithNameAndKeyId_IsRefused()
    {
        TestCa clone = TestCa.CloneOf(Root);
        await AssertPinsRefuseAsync(
            clone.Leaf(),
            [clone.Certificate, Root.Certificate],
            Root.Bundle.ToPem(),
            ContactRefusal.Server
        );
    }

    [Fact]
    public async Task AgentsCertificate_AsServer_IsRefused()
    {
        X509Certificate2 agent = Issuing.Leaf(new LeafSpec { Purpose = LeafSpec.ClientAuth });
        await AssertPinsRefuseAsync(agent, [Issuing.Certificate], Root.Bundle.ToPem(), ContactRefusal.Server);
    }

    [Fact]
    public async Task AgentsLeaf_AsAuthority_IsRefused()
    {
        TestCa agent = TestCa.Posing(Issuing.Leaf(new LeafSpec { CommonName = "agent", Purpose = LeafSpec.ClientAuth }));
        await AssertPinsRefuseAsync(
            agent.Leaf(),
            [agent.Certificate, Issuing.Certificate],
            Root.Bundle.ToPem(),
            ContactRefusal.Server
        );
    }

    [Fact]
    public async Task Leaf_Expired_IsRefused() =>
        await AssertLeafRefusedAsync(new LeafSpec { NotAfter = TestCa.Now.AddHours(-1) }, ServerRefusal.Expired);

    [Fact]
    public async Task Leaf_NotYetValid_IsRefused() =>
        await AssertLeafRefusedAsync(new LeafSpec { NotBefore = TestCa.Now.AddHours(1) }, ServerRefusal.NotYetValid);

    [Fact]
    public async Task Leaf_OfAnotherName_IsRefused() =>
        await AssertLeafRefusedAsync(new LeafSpec { DnsNames = ["elsewhere.example"] }, ServerRefusal.NameMismatch);

    [Fact]
    public async Task Leaf_WithTheNameInItsSubjectOnly_IsRefused() =>
        await AssertLeafRefusedAsync(new LeafSpec { CommonName = "localhost", DnsNames = [] }, ServerRefusal.NameMismatch);

    [Fact]
    public async Task Leaf_WithTheAddressAsADnsName_IsRefused()
    {
        LeafSpec spec = new() { DnsNames = ["127.0.0.1"], CommonName = "127.0.0.1" };
        await using HostileServer server = await Meeting.ServeAsync(Issuing.Leaf(spec), [Issuing.Certificate], Root.Bundle);
        ContactOutcome.Refused refused = await Meeting.RefusedAsync(
            server,
            ByFingerprint,
            host: "127.0.0.1",
            cancel: TestContext.Current.CancellationToken
        );
        Assert.Equal(ServerRefusal.NameMismatch, refused.Verdict!.Refusal);
    }

    [Fact]
    public async Task Leaf_OfAnAuthority_IsRefused() =>
        await AssertLeafRefusedAsync(new LeafSpec { Authority = true }, ServerRefusal.CaAsLeaf);

    [Fact]
    public async Task Bundle_Redirected_IsNotFollowed()
    {
        byte[] redirect = ServedFile.Answer("302 Found", [], "Location: https://localhost:1/elsewhere\r\n");
        foreach (ServerTrust how in new[] { ByFingerprint, ByKey, ServerTrust.Insecure() })
        {
            await using HostileServer server = await HostileServer.StartAsync(
                Issuing.Leaf(),
                [Issuing.Certificate],
                _ => redirect
            );
            ContactOutcome.Refused refused = await Meeting.RefusedAsync(
                server,
                how,
                cancel: TestContext.Current.CancellationToken
            );
            Assert.Equal(ContactRefusal.Bundle, refused.Why);
            Assert.Equal(Meeting.ProvisionalRequest(server), server.Received);
        }
    }

    [Fact]
    public async Task Tls12_IsRefusedWithoutAByte()
    {
        await using HostileServer server = await HostileServer.StartAsync(
            Issuing.Leaf(),
            [Issuing.Certificate],
            _ => ServedFile.Ok(Root.Bundle.ToPem()),
            "-tls1_2"
        );
        ContactOutcome.Refused refused = await Meeting.RefusedAsync(
            server,
            ByFingerprint,
            cancel: TestContext.Current.CancellationToken
        );
        Assert.Equal(ServerRefusal.NoTls13, refused.Verdict!.Refusal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task Bundle_NeverSent_EndsWithTheDeadline()
    {
        await using HostileServer server = await HostileServer.StartAsync(
            Issuing.Leaf(),
            [Issuing.Certificate],
            _ => "HTTP/1.1 200 OK\r\n"u8.ToArray()
        );
        FakeTimeProvider clock = new(TestCa.Now);
        Assert.True(ControllerAddress.TryParse($"localhost:{server.Port}", out ControllerAddress? address, out _));
        ContactRequest request = new() { Trust = ByFingerprint };
        Task<ContactOutcome> meeting = new FirstContact(clock).EstablishAsync(
            address,
            request,
            TestContext.Current.CancellationToken
        );
        await server.Asked.WaitAsync(TestContext.Current.CancellationToken);

        clock.Advance(request.Deadline);

        Assert.IsType<ContactOutcome.Unreachable>(await meeting);
    }

    [Fact]
    public async Task System_ForeignServer_IsRefusedWithoutAByte()
    {
        await using HostileServer server = await Meeting.ServeAsync(
            Evil.Leaf(),
            [Evil.Certificate, Root.Certificate],
            Root.Bundle
        );
        ContactOutcome.Refused refused = await Meeting.RefusedAsync(
            server,
            ServerTrust.System(),
            TrustAnchors.None.WithCaFile(Root.Bundle),
            cancel: TestContext.Current.CancellationToken
        );
        Assert.Equal(ServerRefusal.UnknownIssuer, refused.Verdict!.Refusal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task ProxysRoot_NotAskedFor_IsRefusedWithoutAByte()
    {
        TestCa proxy = TestCa.Root("Corporate Inspection");
        await using HostileServer server = await Meeting.ServeAsync(proxy.Leaf(), [], Root.Bundle);
        ContactOutcome.Refused refused = await Meeting.RefusedAsync(
            server,
            ServerTrust.System(),
            TrustAnchors.None.WithPublicRoots(),
            cancel: TestContext.Current.CancellationToken
        );
        Assert.Equal(ServerRefusal.UnknownIssuer, refused.Verdict!.Refusal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task Refusal_NeverRepeatsWhatWasObserved()
    {
        await using HostileServer server = await Meeting.ServeAsync(Evil.Leaf(), [Evil.Certificate], Evil.Bundle);
        ContactOutcome.Refused refused = await Meeting.RefusedAsync(
            server,
            ByFingerprint,
            cancel: TestContext.Current.CancellationToken
        );
        Assert.DoesNotContain(Evil.Fingerprint.ToString(), refused.Words, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task AssertLeafRefusedAsync(LeafSpec spec, ServerRefusal why)
    {
        await using HostileServer server = await Meeting.ServeAsync(Issuing.Leaf(spec), [Issuing.Certificate], Root.Bundle);
        foreach (ServerTrust how in new[] { ByFingerprint, ByKey })
        {
            ContactOutcome.Refused refused = await Meeting.RefusedAsync(
                server,
                how,
                cancel: TestContext.Current.CancellationToken
            );
            Assert.Equal(why, refused.Verdict!.Refusal);
        }

        Assert.Equal(Meeting.ProvisionalRequest(server) + Meeting.ProvisionalRequest(server), server.Received);
    }

    private static async Task AssertPinsRefuseAsync(
        X509Certificate2 leaf,
        IReadOnlyList<X509Certificate2> chain,
        string bundle,
        ContactRefusal why
    )
    {
        foreach (
            ServerTrust how in new[] { ByFingerprint, ByKey, ServerTrust.PinFingerprint(Root.Fingerprint, skipHostname: true) }
        )
        {
            await using HostileServer server = await Meeting.ServeAsync(leaf, chain, bundle);
            ContactOutcome.Refused refused = await Meeting.RefusedAsync(
                server,
                how,
                cancel: TestContext.Current.CancellationToken
            );
            Assert.Equal(why, refused.Why);
            Assert.Equal(Meeting.ProvisionalRequest(server), server.Received);
        }
    }
}
