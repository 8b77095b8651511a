using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Services;

public sealed class ExplainTests
{
    [Fact]
    public async Task Explain_TheExpectedServer_IsTrustedAndNothingSecretIsSent()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();

        ExitCode exit = await agent.RunAsync(
            "trust", "explain", "--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal());

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("Decision    trusted", agent.Out, StringComparison.Ordinal);
        Assert.Contains(controller.Ca.Root.Fingerprint.ToString(), agent.Out, StringComparison.Ordinal);
        Assert.All(controller.Requests, request => Assert.Contains("/api/v1/pki/", request, StringComparison.Ordinal));
        Assert.False(agent.HasState);
    }

    [Fact]
    public async Task Explain_AnotherServer_IsRefusedWithTheCauseAndTheNextStep()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();

        ExitCode exit = await agent.RunAsync("trust", "explain", "--json", "--url", controller.Url, $"--tofu-fingerprint={new string('a', 64)}");

        Assert.Equal(ExitCode.TrustRefused, exit);
        JsonElement report = JsonDocument.Parse(agent.Out).RootElement;
        Assert.False(report.GetProperty("decision").GetProperty("accepted").GetBoolean());
        Assert.Equal("absent", report.GetProperty("pin").GetString());
        Assert.NotEmpty(report.GetProperty("next_step").GetString()!);
        Assert.Contains(report.GetProperty("others").EnumerateArray(), other => other.GetProperty("mode").GetString() == "insecure-tofu");
    }

    [Fact]
    public async Task Explain_StoredState_IsWhatCounts()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await LaterRunTests.EnrolledAsync(controller);

        Assert.Equal(ExitCode.Done, await agent.RunAsync("trust", "explain"));
        TestFleetCa evil = new();
        (controller.Leaf, controller.Chain, controller.Bundle) = (evil.Server(), [evil.Issuing.Certificate], evil.Root.Bundle);
        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync("trust", "explain"));
    }

    [Fact]
    public async Task Explain_PinnedKeyOfTheServer_AgreesWithALaterRun()
    {
        await using FakeController controller = await FakeController.StartAsync();
        X509Certificate2 own = TestCa.SelfSigned(new LeafSpec());
        (controller.Leaf, controller.Chain) = (own, []);
        using ServiceProcess agent = new();
        string[] pin = ["--url", controller.Url, $"--tofu-spki={SpkiFingerprint.Of(own)}", "--enrollment-token", controller.Mint().Reveal()];

        await AgreesAsync(agent, controller, ExitCode.Done, pin);
        await AgreesAsync(agent, controller, ExitCode.Done);
        controller.Leaf = TestCa.SelfSigned(new LeafSpec());
        await AgreesAsync(agent, controller, ExitCode.TrustRefused);
    }

    [Theory]
    [InlineData("--tofu-fingerprint=")]
    [InlineData("--tofu-spki=")]
    [InlineData("--tofu-insecure --tofu-fingerprint-acknowledge=")]
    public async Task Explain_PinThatDoesNotFitWhatIsStored_AgreesWithALaterRun(string flag)
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await LaterRunTests.EnrolledAsync(controller);

        await AgreesAsync(agent, controller, ExitCode.TrustRefused, (flag + new string('a', 64)).Split(' '));
        Assert.Contains("does not fit what is stored", agent.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_TokenOfAnotherController_AgreesWithALaterRun()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await LaterRunTests.EnrolledAsync(controller);
        ServiceToken token = ServiceToken.Mint(Guid.NewGuid(), TestCa.Now.AddHours(1), [], null);

        await AgreesAsync(agent, controller, ExitCode.TrustRefused, "--enrollment-token", token.Reveal());
    }

    [Theory]
    [InlineData(true, ExitCode.Done)]
    [InlineData(false, ExitCode.TrustRefused)]
    public async Task Explain_AcknowledgedFingerprint_IsAPin(bool genuine, ExitCode exit)
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        string seen = genuine ? controller.Ca.Root.Fingerprint.ToString() : new string('a', 64);

        await AgreesAsync(agent, controller, exit,
            "--url", controller.Url, "--tofu-insecure", $"--tofu-fingerprint-acknowledge={seen}", "--enrollment-token", controller.Mint().Reveal());
    }

    [Theory]
    [InlineData("proved", ExitCode.Done)]
    [InlineData("foreign", ExitCode.TrustRefused)]
    public async Task Explain_PkiAddress_CountsAsInARun(string kind, ExitCode exit)
    {
        TestFleetCa front = new("Front");
        await using FakeController controller = await FakeController.StartAsync();
        await using FakeController pki = await FakeController.StartAsync(kind == "proved" ? front : new TestFleetCa("Foreign"));
        pki.Bundle = controller.Bundle;
        using ServiceProcess agent = new();
        await File.WriteAllTextAsync(agent.Scratch("ca.pem"), front.Root.Bundle.ToPem(), TestContext.Current.CancellationToken);

        await AgreesAsync(agent, controller, exit,
            "--url", controller.Url, "--pki-addr", $"localhost:{pki.Port}", "--ca-cert", agent.Scratch("ca.pem"), "--enrollment-token", controller.Mint().Reveal());
    }

    [Fact]
    public async Task Explain_PkiAddressThatNothingProves_IsWrongUsageAsInARun()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();

        await AgreesAsync(agent, controller, ExitCode.Usage, "--url", controller.Url, "--pki-addr", $"localhost:{controller.Port}");
    }

    [Fact]
    public async Task Explain_PinnedKeyBesideOtherRoots_IsTakenFromTheBundle()
    {
        TestFleetCa front = new("Front");
        await using FakeController controller = await FakeController.StartAsync();
        (controller.Leaf, controller.Chain) = (front.Server(), [front.Issuing.Certificate]);
        using ServiceProcess agent = new();
        agent.Roots = agent.Scratch("store.pem");
        await File.WriteAllTextAsync(agent.Roots, front.Root.Bundle.ToPem(), TestContext.Current.CancellationToken);

        await AgreesAsync(agent, controller, ExitCode.Done, "--url", controller.Url, "--trust-native-roots",
            $"--tofu-spki={controller.Ca.Root.Spki}", "--enrollment-token", controller.Mint().Reveal());
    }

    [Fact]
    public async Task Explain_PinnedKeyBesideOtherRootsThatIsOnlySentAlong_IsRefusedAsInARun()
    {
        TestFleetCa front = new("Front");
        TestCa pinned = TestCa.Root("Pinned");
        await using HostileServer server = await HostileServer.StartAsync(
            front.Server(), [front.Issuing.Certificate, pinned.Certificate], _ => ServedFile.Ok(front.Root.Bundle.ToPem()));
        using ServiceProcess agent = new();
        agent.Roots = agent.Scratch("store.pem");
        await File.WriteAllTextAsync(agent.Roots, front.Root.Bundle.ToPem(), TestContext.Current.CancellationToken);
        string[] line = ["--url", $"localhost:{server.Port}", "--trust-native-roots", $"--tofu-spki={pinned.Spki}"];

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync(["trust", "explain", .. line]));
        Assert.Contains("but the bundle it serves does not hold what is pinned", agent.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync(line));
    }

    [Fact]
    public async Task Explain_TokenWithThePinOfAnotherBesideAFile_AgreesWithARun()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        await File.WriteAllTextAsync(agent.Scratch("ca.pem"), controller.Bundle.ToPem(), TestContext.Current.CancellationToken);
        ServiceToken token = ServiceToken.Mint(controller.Id, TestCa.Now, [], new TestFleetCa().Root.Fingerprint);

        await AgreesAsync(agent, controller, ExitCode.TrustRefused,
            "--url", controller.Url, "--ca-cert", agent.Scratch("ca.pem"), "--enrollment-token", token.Reveal());
    }

    [Theory]
    [InlineData(true, ExitCode.Done)]
    [InlineData(false, ExitCode.TrustRefused)]
    public async Task Explain_RootReplacedWhileItWasAway_AgreesWithARun(bool vouched, ExitCode exit)
    {
        TestFleetCa former = new("First");
        TestFleetCa next = new("Second");
        await using FakeController controller = await FakeController.StartAsync(former);
        using ServiceProcess agent = await LaterRunTests.EnrolledAsync(controller);
        (controller.Leaf, controller.Chain, controller.Bundle) = (next.Server(), [next.Issuing.Certificate], next.Root.Bundle);
        TestCa voucher = vouched ? former.Root : TestCa.CloneOf(former.Root);
        controller.HandOver = CertificateBundle.Of([former.Root.Certificate, voucher.CrossSign(next.Root)]);

        await AgreesAsync(agent, controller, exit);
    }

    [Theory]
    [InlineData("--tofu-insecure")]
    [InlineData("--trust-native-roots")]
    [InlineData("--tofu-spki=")]
    public async Task Explain_ServerWithoutABundle_IsRefusedAsInARun(string flag)
    {
        TestFleetCa ca = new();
        await using HostileServer server = await HostileServer.StartAsync(ca.Server(), [ca.Issuing.Certificate], _ => ServedFile.NotFound);
        using ServiceProcess agent = new();
        agent.Roots = agent.Scratch("store.pem");
        await File.WriteAllTextAsync(agent.Roots, ca.Root.Bundle.ToPem(), TestContext.Current.CancellationToken);
        string[] line = ["--url", $"localhost:{server.Port}", flag == "--tofu-spki=" ? flag + ca.Issuing.Spki : flag];

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync(["trust", "explain", .. line]));
        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync(line));
    }

    [Fact]
    public async Task Explain_DamagedStateThatIsToBeReplaced_IsNoObstacleAsInARun()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await LaterRunTests.EnrolledAsync(controller);
        await File.WriteAllTextAsync(Path.Combine(agent.State, "service.json"), "{", TestContext.Current.CancellationToken);
        string[] line = ["--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal()];

        await AgreesAsync(agent, controller, ExitCode.TrustRefused, line);
        await AgreesAsync(agent, controller, ExitCode.Done, [.. line, "--force-enroll"]);
    }

    [Fact]
    public async Task Explain_ServerOfTls12_IsRefusedAsInARun()
    {
        TestFleetCa ca = new();
        await using HostileServer server = await HostileServer.StartAsync(
            ca.Server(), [ca.Issuing.Certificate], _ => ServedFile.Ok(ca.Root.Bundle.ToPem()), "-tls1_2");
        using ServiceProcess agent = new();
        string[] pin = ["--url", $"localhost:{server.Port}", $"--tofu-fingerprint={ca.Root.Fingerprint}"];

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync(["trust", "explain", .. pin]));
        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync(pin));
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task Explain_NobodyThere_IsFour()
    {
        await using FakeController controller = await FakeController.StartAsync();
        await controller.StopAsync();
        using ServiceProcess agent = new();

        Assert.Equal(ExitCode.Unreachable, await agent.RunAsync("trust", "explain", "--url", controller.Url));
    }

    /// <summary>What is explained is what a run then does: it connects, or ends with that very exit code.</summary>
    private static async Task AgreesAsync(ServiceProcess agent, FakeController controller, ExitCode exit, params string[] arguments)
    {
        Assert.Equal(exit, await agent.RunAsync(["trust", "explain", .. arguments]));
        string told = agent.Out;
        if (exit is ExitCode.Done)
            await LaterRunTests.ReconnectsAsync(agent, controller, arguments);
        else
            Assert.Equal(exit, await agent.RunAsync(arguments));
        agent.Out = told;
    }
}
