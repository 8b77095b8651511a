using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Explain;
using Uptrakit.Tests.Contracts.Client;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Tests.Trust;
using Uptrakit.Tests.Trust.Verification;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Contracts.Explain;

public sealed class ExplainerTests
{
    private static readonly TestCa Root = TestCa.Root("R1");
    private static readonly TestCa Issuing = Root.Issue();
    private static readonly ServerTrust Pinned = ServerTrust.PinFingerprint(Root.Fingerprint, skipHostname: false);

    [Fact]
    public async Task Server_AsExpected_IsAcceptedAndEveryOtherModeIsTold()
    {
        X509Certificate2 leaf = Issuing.Leaf();
        await using HostileServer server = await Meeting.ServeAsync(leaf, [Issuing.Certificate], Root.Bundle);

        ExplainReport report = await ExplainAsync(server, Pinned);

        Assert.True(report.Decision!.Accepted);
        Assert.Equal((MismatchCause.None, PinResult.IssuedTheServer), (report.Cause, report.Pin));
        Assert.Equal(Root.Fingerprint, report.Decision.Anchor!.Fingerprint);
        Assert.Equal([CertificateFingerprint.Of(leaf), Issuing.Fingerprint], report.Chain.Select(c => c.Fingerprint));
        Assert.Equal(["localhost"], report.Chain[0].Names);
        Assert.Equal(["serverAuth"], report.Chain[0].Purposes);
        Assert.Equal([false, true], report.Chain.Select(c => c.IsAuthority));
        Assert.True(report.NameMatches);
        Assert.Equal(
            [(TrustMode.System, false), (TrustMode.System, false), (TrustMode.PinSpki, null), (TrustMode.Insecure, true)],
            report.Others.Select(o => (o.Mode, o.Accepted))
        );
    }

    [Fact]
    public async Task Anything_Explained_SendsTwoGetsAndNoSecret()
    {
        await using HostileServer server = await Meeting.ServeAsync(Issuing.Leaf(), [Issuing.Certificate], Root.Bundle);
        await ExplainAsync(server, Pinned);
        string host = $"Host: localhost:{server.Port}\r\n\r\n";
        Assert.Equal($"{Meeting.GetBundle}\r\n{host}{Meeting.GetHandOver}\r\n{host}", server.Received);
    }

    [Fact]
    public async Task Authority_HandedOver_IsTold()
    {
        TestCa next = TestCa.Root("R2");
        await using HostileServer server = await Meeting.ServeAsync(
            next.Leaf(),
            [],
            next.Bundle,
            handOver: CertificateBundle.Of([Root.Certificate, Root.CrossSign(next)])
        );

        foreach (ServerTrust how in new[] { Pinned, ServerTrust.PinSpki(Root.Spki, false) })
        {
            ExplainReport report = await ExplainAsync(server, how);
            Assert.Equal((MismatchCause.HandedOver, PinResult.Absent), (report.Cause, report.Pin));
            Assert.DoesNotContain(
                next.Fingerprint.ToString(),
                report.CauseWords + report.NextStep,
                StringComparison.OrdinalIgnoreCase
            );
        }

        Assert.Equal(MismatchCause.HandedOver, (await ExplainAsync(server, ServerTrust.System(), Root.Bundle)).Cause);
    }

    [Fact]
    public async Task HandOver_ForgedByAClone_IsNoHandOver()
    {
        TestCa next = TestCa.Root("R2", from: TestCa.Now.AddDays(-1));
        await using HostileServer server = await Meeting.ServeAsync(
            next.Leaf(),
            [],
            next.Bundle,
            handOver: CertificateBundle.Of([Root.Certificate, TestCa.CloneOf(Root).CrossSign(next)])
        );
        Assert.Equal(MismatchCause.Reinstalled, (await ExplainAsync(server, Pinned, Root.Bundle)).Cause);
    }

    [Fact]
    public async Task GenuineEvidence_RelayedBeforeAForeignServer_IsNoHandOver()
    {
        TestCa next = TestCa.Root("R2");
        TestCa evil = TestCa.Root("Evil");
        await using HostileServer server = await Meeting.ServeAsync(
            evil.Leaf(),
            [],
            next.Bundle,
            handOver: CertificateBundle.Of([Root.Certificate, Root.CrossSign(next)])
        );
        Assert.Equal(MismatchCause.Unknown, (await ExplainAsync(server, Pinned, Root.Bundle)).Cause);
    }

    [Fact]
    public async Task Authority_OlderThanTheKnownOne_IsAnotherController()
    {
        TestCa other = TestCa.Root("Other", from: TestCa.Now.AddYears(-2));
        await using HostileServer server = await Meeting.ServeAsync(other.Leaf(), [], other.Bundle);
        Assert.Equal(MismatchCause.OtherController, (await ExplainAsync(server, ServerTrust.System(), Root.Bundle)).Cause);
    }

    [Fact]
    public async Task Chain_ToARootOfThisMachineOnly_IsAnInspectingProxy()
    {
        TestCa proxy = TestCa.Root("Corporate Inspection");
        await using HostileServer server = await Meeting.ServeAsync(proxy.Leaf(), [], Root.Bundle);

        ExplainReport report = await ExplainAsync(server, Pinned, Root.Bundle, native: proxy);

        Assert.Equal((MismatchCause.TlsInspection, PinResult.ServedOnly), (report.Cause, report.Pin));
        ExplainedDecision byNativeRoots = report.Others.Single(o => o.With == "this machine's roots");
        Assert.Equal((true, AnchorSource.NativeRoots), (byNativeRoots.Accepted, byNativeRoots.AnchorSource));
    }

    [Theory]
    [InlineData(-100, "Sun, 20 Dec 2026 12:00:00 GMT", MismatchCause.Clock)]
    [InlineData(100, null, MismatchCause.Ended)]
    [InlineData(100, "Mon, 08 Mar 2027 12:00:10 GMT", MismatchCause.Ended)]
    public async Task Dates_ThatDoNotFit_AreToldFromAWrongClock(int days, string? date, MismatchCause cause)
    {
        string header = date is null ? "" : $"Date: {date}\r\n";
        byte[] answer = ServedFile.Answer("200 OK", Encoding.ASCII.GetBytes(Root.Bundle.ToPem()), header);
        await using HostileServer server = await HostileServer.StartAsync(Issuing.Leaf(), [Issuing.Certificate], _ => answer);

        ExplainReport report = await ExplainAsync(server, Pinned, time: TestCa.Now.AddDays(days));

        Assert.Equal(cause, report.Cause);
    }

    [Fact]
    public async Task Name_ThatTheCertificateLacks_IsTold()
    {
        await using HostileServer server = await Meeting.ServeAsync(
            Issuing.Leaf(new LeafSpec { DnsNames = ["inside.example"] }),
            [Issuing.Certificate],
            Root.Bundle
        );
        ExplainReport report = await ExplainAsync(server, Pinned);
        Assert.Equal((MismatchCause.Name, false), (report.Cause, report.NameMatches));
    }

    [Fact]
    public async Task Insecure_AnyServer_IsAcceptedAndStillUnknown()
    {
        await using HostileServer server = await Meeting.ServeAsync(Issuing.Leaf(), [Issuing.Certificate], Root.Bundle);
        ExplainReport report = await ExplainAsync(server, ServerTrust.Insecure());
        Assert.Equal((true, MismatchCause.Unknown), (report.Decision!.Accepted, report.Cause));
    }

    [Fact]
    public async Task Server_OfNoController_IsUnknown()
    {
        await using HostileServer server = await HostileServer.StartAsync(
            TestCa.SelfSigned(new LeafSpec()),
            [],
            _ => ServedFile.NotFound
        );
        ExplainReport report = await ExplainAsync(server, Pinned);
        Assert.Equal((MismatchCause.Unknown, PinResult.Absent), (report.Cause, report.Pin));
        Assert.NotNull(report.BundleFault);
    }

    [Fact]
    public async Task Nobody_Listening_IsUnreachable()
    {
        Assert.True(ControllerAddress.TryParse("127.0.0.1:1", out ControllerAddress? nobody, out _));
        ExplainReport report = await Explainer(TestCa.Now, null)
            .ExplainAsync(new ExplainRequest { Address = nobody, Trust = Pinned }, TestContext.Current.CancellationToken);
        Assert.NotNull(report.Unreachable);
        Assert.Empty(report.Chain);
    }

    private static Task<ExplainReport> ExplainAsync(
        HostileServer server,
        ServerTrust how,
        CertificateBundle? stored = null,
        TestCa? native = null,
        DateTimeOffset? time = null
    )
    {
        Assert.True(ControllerAddress.TryParse($"localhost:{server.Port}", out ControllerAddress? address, out _));
        ExplainRequest request = new()
        {
            Address = address,
            Trust = how,
            Stored = stored,
        };
        return Explainer(time ?? TestCa.Now, native).ExplainAsync(request, TestContext.Current.CancellationToken);
    }

    private static Explainer Explainer(DateTimeOffset time, TestCa? native)
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["roots.pem"], native?.Bundle.ToPem() ?? "");
        return new Explainer(new FakeTimeProvider(time), NativeRoots.Load(_ => null, [folder["roots.pem"]]));
    }
}
