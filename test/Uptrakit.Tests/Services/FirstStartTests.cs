using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Services;

public sealed class FirstStartTests
{
    [Fact]
    public async Task FirstStart_PinnedFingerprint_StoresTheBundleAndConnects()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();

        _ = agent.Start("--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);

        Assert.False(agent.Running.IsCompleted, agent.Log.Text + agent.Error);
        Hello hello = controller.LastStream.Hello;
        Assert.Equal("pin-fingerprint", hello.Trust.Mode);
        Assert.Equal(controller.Ca.Root.Fingerprint.Bytes.ToArray(), Assert.Single(hello.Trust.Anchors).ToByteArray());
        Assert.Equal(ServiceKind.Agent, hello.Kind);
        Assert.Contains(Convert.ToBase64String(controller.Ca.Root.Certificate.RawData), agent.StateText, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, await agent.StopAsync());
        Assert.Contains("HTTP/1.1 /api/v1/pki/ca.crt", controller.Requests);
    }

    [Fact]
    public async Task FirstStart_TokenWithAddressAndPin_NeedsNothingElse()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();

        _ = agent.Start(controller.Mint(withPin: true, withAddress: true).Reveal() + "\n", ["--enrollment-token-file", "-"]);
        await agent.ConnectedAsync(controller);

        Assert.Equal("pin-fingerprint", controller.LastStream.Hello.Trust.Mode);
        Assert.Equal(ExitCode.Done, await agent.StopAsync());
    }

    [Fact]
    public async Task FirstStart_FirstAddressOfTheTokenIsDead_TakesTheNext()
    {
        await using FakeController gone = await FakeController.StartAsync();
        await gone.StopAsync();
        await using FakeController controller = await FakeController.StartAsync();
        ServiceToken token = ServiceToken.Mint(
            controller.Id,
            TestCa.Now.AddHours(1),
            [new TokenAddress("localhost", gone.Port), new TokenAddress("localhost", controller.Port)],
            controller.Ca.Root.Fingerprint);
        controller.Token = token;
        using ServiceProcess agent = new();

        _ = agent.Start("--enrollment-token", token.Reveal());
        await agent.ConnectedAsync(controller);
        await agent.StopAsync();

        Assert.DoesNotContain($":{gone.Port}", agent.StateText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstStart_PinOfTheRootsKey_StoresTheHash()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();

        _ = agent.Start("--url", controller.Url, $"--tofu-spki={controller.Ca.Root.Spki}", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);
        await agent.StopAsync();

        Assert.Contains($"\"matched_spki\": \"{controller.Ca.Root.Spki}\"", agent.StateText, StringComparison.Ordinal);
        Assert.Equal("pin-spki", controller.LastStream.Hello.Trust.Mode);
        await ReconnectsAsync(agent, controller);
        await ReconnectsAsync(agent, controller, $"--tofu-spki={controller.Ca.Root.Spki}");
        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync($"--tofu-spki={new TestFleetCa().Root.Spki}"));
    }

    [Fact]
    public async Task FirstStart_PinOfTheServersOwnKey_GoesOnByItOnLaterRuns()
    {
        await using FakeController controller = await FakeController.StartAsync();
        X509Certificate2 own = TestCa.SelfSigned(new LeafSpec());
        (controller.Leaf, controller.Chain) = (own, []);
        using ServiceProcess agent = new();

        _ = agent.Start("--url", controller.Url, $"--tofu-spki={SpkiFingerprint.Of(own)}", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);
        await agent.StopAsync();

        await ReconnectsAsync(agent, controller);
    }

    [Fact]
    public async Task FirstStart_CaFile_IsSystemMode()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        await File.WriteAllTextAsync(agent.Scratch("ca.pem"), controller.Bundle.ToPem(), TestContext.Current.CancellationToken);

        _ = agent.Start("--url", controller.Url, "--ca-cert", agent.Scratch("ca.pem"), "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);
        await agent.StopAsync();

        Assert.Equal("system", controller.LastStream.Hello.Trust.Mode);
        // The flag is no longer required.
        await ReconnectsAsync(agent, controller);
    }

    [Fact]
    public async Task FirstStart_BundleFromThePkiAddress_VerifiesTheController()
    {
        TestFleetCa front = new("Front");
        await using FakeController controller = await FakeController.StartAsync();
        await using FakeController pki = await FakeController.StartAsync(front);
        pki.Bundle = controller.Bundle;
        using ServiceProcess agent = new();
        await File.WriteAllTextAsync(agent.Scratch("ca.pem"), front.Root.Bundle.ToPem(), TestContext.Current.CancellationToken);

        _ = agent.Start("--url", controller.Url, "--pki-addr", $"localhost:{pki.Port}", "--ca-cert", agent.Scratch("ca.pem"), "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);

        Assert.Equal("system", controller.LastStream.Hello.Trust.Mode);
        await agent.StopAsync();
    }

    [Fact]
    public async Task FirstStart_NativeRoots_AreReadOnceAtTheStart()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        agent.Roots = agent.Scratch("store.pem");
        await File.WriteAllTextAsync(agent.Roots, controller.Bundle.ToPem(), TestContext.Current.CancellationToken);
        _ = agent.Start("--url", controller.Url, "--trust-native-roots", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);

        File.Delete(agent.Roots);
        controller.LastStream.Hang();
        await agent.ConnectedAsync(controller, 2);
        Assert.True(controller.LastStream.Hello.Trust.NativeRoots);
        await agent.StopAsync();
    }

    public static TheoryData<string> Attacks => ["relay", "stuffed", "expired", "name", "client", "other"];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task FirstStart_Impostor_EndsWithThreeAndTellsItNothing(string attack)
    {
        TestFleetCa genuine = new();
        TestFleetCa evil = new();
        await using FakeController impostor = await FakeController.StartAsync(genuine);
        ServiceToken token = impostor.Mint();
        (impostor.Leaf, impostor.Chain, impostor.Bundle) = attack switch
        {
            "relay" => (evil.Server(), [evil.Issuing.Certificate, genuine.Root.Certificate], genuine.Root.Bundle),
            "stuffed" => (evil.Server(), [evil.Issuing.Certificate], CertificateBundle.Of([genuine.Root.Certificate, evil.Root.Certificate])),
            "expired" => (genuine.Issuing.Leaf(new LeafSpec { NotAfter = TestCa.Now.AddHours(-1) }), [genuine.Issuing.Certificate], genuine.Root.Bundle),
            "name" => (genuine.Server("other.example.org"), [genuine.Issuing.Certificate], genuine.Root.Bundle),
            "client" => (genuine.Issuing.Leaf(new LeafSpec { Purpose = LeafSpec.ClientAuth }), [genuine.Issuing.Certificate], genuine.Root.Bundle),
            _ => (evil.Server(), (IReadOnlyList<X509Certificate2>)[evil.Issuing.Certificate], evil.Root.Bundle),
        };
        using ServiceProcess agent = new();

        ExitCode exit = await agent.RunAsync("--url", impostor.Url, $"--tofu-fingerprint={genuine.Root.Fingerprint}", "--enrollment-token", token.Reveal());

        Assert.Equal(ExitCode.TrustRefused, exit);
        Assert.Empty(impostor.Enrollments);
        Assert.All(impostor.Requests, request => Assert.EndsWith("/api/v1/pki/ca.crt", request, StringComparison.Ordinal));
        Assert.False(agent.HasState);
        Assert.NotEmpty(agent.Log.At(LogLevel.Error));
    }

    [Fact]
    public async Task FirstStart_SkippedHostname_TakesAnotherNameAndWarns()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Leaf = controller.Ca.Server("other.example.org");
        using ServiceProcess agent = new();

        _ = agent.Start("--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--tofu-skip-hostname", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);
        await agent.StopAsync();

        Assert.Contains("--tofu-skip-hostname", Assert.Single(agent.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
        Assert.True(controller.LastStream.Hello.Trust.SkipHostname);
        // It is a flag of a run, and nothing of it is stored.
        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync());
    }

    [Fact]
    public async Task FirstStart_TokenWithThePinOfAnother_IsRefusedBesideAPublicChain()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        await File.WriteAllTextAsync(agent.Scratch("ca.pem"), controller.Bundle.ToPem(), TestContext.Current.CancellationToken);
        ServiceToken token = ServiceToken.Mint(controller.Id, TestCa.Now, [], new TestFleetCa().Root.Fingerprint);

        ExitCode exit = await agent.RunAsync("--url", controller.Url, "--ca-cert", agent.Scratch("ca.pem"), "--enrollment-token", token.Reveal());

        Assert.Equal(ExitCode.TrustRefused, exit);
        Assert.Empty(controller.Enrollments);
        Assert.False(agent.HasState);
    }

    [Fact]
    public async Task FirstStart_NobodyAnswers_TriesUntilSomebodyDoes()
    {
        await using FakeController controller = await FakeController.StartAsync();
        await controller.StopAsync();
        using ServiceProcess agent = new();

        _ = agent.Start("--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal());
        await agent.UntilAsync("it has tried", () => agent.Log.Text.Contains("is not reached", StringComparison.Ordinal));
        await controller.RestartAsync();
        await agent.ConnectedAsync(controller);

        Assert.Equal(ExitCode.Done, await agent.StopAsync());
    }

    private static async Task ReconnectsAsync(ServiceProcess agent, FakeController controller, params string[] arguments)
    {
        int streams = controller.Streams.Count;
        _ = agent.Start(arguments);
        await agent.ConnectedAsync(controller, streams + 1);
        Assert.False(agent.Running.IsCompleted, agent.Log.Text + agent.Error);
        await agent.StopAsync();
    }
}
