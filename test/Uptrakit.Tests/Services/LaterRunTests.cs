using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Services;

public sealed partial class LaterRunTests
{
    [Fact]
    public async Task LaterRun_WithoutAnyFlag_ConnectsByTheStoredBundle()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);

        await ReconnectsAsync(agent, controller);

        Assert.Equal("system", controller.LastStream.Hello.Trust.Mode);
        Assert.Single(controller.Enrollments);
    }

    [Fact]
    public async Task LaterRun_WithoutAName_LeavesTheOneThatTheControllerHas()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);

        await ReconnectsAsync(agent, controller);
        Assert.Equal("", controller.LastStream.Hello.FriendlyName);

        await ReconnectsAsync(agent, controller, "--friendly-name=web-1");
        Assert.Equal("web-1", controller.LastStream.Hello.FriendlyName);
    }

    [Fact]
    public async Task LaterRun_WithTheSamePin_Starts()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);

        await ReconnectsAsync(agent, controller, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}");
        await ReconnectsAsync(agent, controller, $"--tofu-spki={controller.Ca.Root.Spki}");
    }

    [Theory]
    [InlineData("--tofu-fingerprint=")]
    [InlineData("--tofu-spki=")]
    [InlineData("--tofu-insecure --tofu-fingerprint-acknowledge=")]
    public async Task LaterRun_WithAnotherPin_EndsWithBothFingerprints(string flag)
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        string pin = new('a', 64);
        string state = agent.StateText;
        int before = controller.Connections;

        ExitCode exit = await agent.RunAsync((flag + pin).Split(' '));

        Assert.Equal(ExitCode.TrustRefused, exit);
        string errors = string.Join('\n', agent.Log.At(LogLevel.Error));
        Assert.Contains(pin, errors, StringComparison.Ordinal);
        Assert.Contains(flag.Contains("spki", StringComparison.Ordinal) ? controller.Ca.Root.Spki.ToString() : controller.Ca.Root.Fingerprint.ToString(), errors, StringComparison.Ordinal);
        Assert.Equal(state, agent.StateText);
        Assert.Equal(before, controller.Connections);
    }

    [Fact]
    public async Task LaterRun_WithThePinOfAFormerRoot_StartsByTheEvidenceAndNotWithoutIt()
    {
        TestFleetCa former = new("Former");
        TestFleetCa present = new("Present");
        await using FakeController controller = await FakeController.StartAsync(present);
        controller.HandOver = CertificateBundle.Of([former.Root.Certificate, former.Root.CrossSign(present.Root)]);
        using ServiceProcess agent = await EnrolledAsync(controller);

        await ReconnectsAsync(agent, controller, $"--tofu-fingerprint={former.Root.Fingerprint}");
        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync($"--tofu-fingerprint={new TestFleetCa("Former").Root.Fingerprint}"));
    }

    [Fact]
    public async Task LaterRun_ControllerWithAnotherCa_EndsWithThree()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        await using FakeController other = await FakeController.StartAsync();

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync("--url", other.Url));

        Assert.Empty(other.Streams);
    }

    [Fact]
    public async Task LaterRun_AnotherControllerOfTheSameCa_EndsWithThree()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        controller.Id = Guid.NewGuid();

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync());

        Assert.Contains("this Service belongs to", agent.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LaterRun_AnotherControllerOfTheSameCaWhileARootRetires_EndsWithThreeInsteadOfALoop()
    {
        TestFleetCa former = new("Former");
        TestFleetCa present = new("Present");
        await using FakeController controller = await FakeController.StartAsync(former);
        controller.Bundle = CertificateBundle.Of([present.Root.Certificate, former.Root.Certificate]);
        controller.HandOver = CertificateBundle.Of([former.Root.Certificate, former.Root.CrossSign(present.Root)]);
        (controller.Leaf, controller.Chain) = (present.Server(), [present.Issuing.Certificate, former.Root.CrossSign(present.Root)]);
        using ServiceProcess agent = await EnrolledAsync(controller);
        controller.Id = Guid.NewGuid();

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync());

        Assert.Contains("this Service belongs to", agent.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LaterRun_TheControllerMoved_IsFollowedAndRemembered()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        await using FakeController moved = await FakeController.StartAsync(controller.Ca);
        moved.Id = controller.Id;

        await ReconnectsAsync(agent, moved, "--url", moved.Url);
        await ReconnectsAsync(agent, moved);

        Assert.Contains($"localhost:{moved.Port}", agent.StateText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LaterRun_TokenOfAnotherController_EndsWithThree()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        ServiceToken token = ServiceToken.Mint(Guid.NewGuid(), TestCa.Now.AddHours(1), [], null);

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync("--enrollment-token", token.Reveal()));

        Assert.Contains("--force-enroll", agent.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("used up")]
    public async Task LaterRun_TokenFileIsGoneOrSpent_IsNoFault(string? content)
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        if (content is not null)
            await File.WriteAllTextAsync(agent.Scratch("token"), content, TestContext.Current.CancellationToken);

        await ReconnectsAsync(agent, controller, "--enrollment-token-file", agent.Scratch("token"));
    }

    [Fact]
    public async Task LaterRun_SkippedHostnameAndTheTokenIsGone_GoesOnByTheStoredPin()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Leaf = controller.Ca.Server("other.example.org");
        using ServiceProcess agent = new();
        string file = agent.Scratch("token");
        await File.WriteAllTextAsync(file, controller.Mint(withPin: true).Reveal(), TestContext.Current.CancellationToken);
        string[] unit = ["--url", controller.Url, "--tofu-skip-hostname", "--enrollment-token-file", file];
        await ReconnectsAsync(agent, controller, unit);
        File.Delete(file);

        await ReconnectsAsync(agent, controller, unit);
        Assert.Contains("--tofu-skip-hostname", Assert.Single(agent.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
        await ReconnectsAsync(agent, controller, [.. unit[..^1], "-"]);
        // Without a token that could have had it, the flag has no pin, and neither has a first run.
        Assert.Equal(ExitCode.Usage, await agent.RunAsync(unit[..3]));
        Assert.Equal(ExitCode.Usage, await agent.RunAsync([.. unit, "--force-enroll"]));
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("readable")]
    [InlineData("foreign key")]
    public async Task LaterRun_DamagedState_EndsWithThreeAndIsNotEnrolledOver(string damage)
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        string path = Path.Combine(agent.State, damage == "foreign key" ? "service.key" : "service.json");
        if (damage == "truncated")
            await File.WriteAllTextAsync(path, agent.StateText[..100], TestContext.Current.CancellationToken);
        else if (damage == "readable")
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        else
            await File.WriteAllTextAsync(path, System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        byte[] before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        ExitCode exit = await agent.RunAsync("--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal());

        Assert.Equal(ExitCode.TrustRefused, exit);
        Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.Single(controller.Enrollments);
        Assert.Contains(path, Assert.Single(agent.Log.At(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForceEnroll_DamagedState_EnrollsAnew()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        await File.WriteAllTextAsync(Path.Combine(agent.State, "service.json"), "{", TestContext.Current.CancellationToken);

        await ReconnectsAsync(agent, controller, "--force-enroll", "--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal());

        Assert.Equal(2, controller.Enrollments.Count);
    }

    [Fact]
    public async Task ForceEnroll_Refused_KeepsTheOldIdentity()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        string state = agent.StateText;
        await using FakeController other = await FakeController.StartAsync();

        _ = agent.Start("--force-enroll", "--url", other.Url, $"--tofu-fingerprint={other.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal());

        Assert.Equal(ExitCode.TrustRefused, await agent.EndAsync());
        Assert.Equal(state, agent.StateText);
        await ReconnectsAsync(agent, controller);
    }

    [Fact]
    public async Task ForceEnroll_AtAnotherController_ReplacesTrustAndIdentity()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        await using FakeController other = await FakeController.StartAsync();

        await ReconnectsAsync(agent, other, "--force-enroll", "--url", other.Url, $"--tofu-fingerprint={other.Ca.Root.Fingerprint}", "--enrollment-token", other.Mint().Reveal());
        await ReconnectsAsync(agent, other);

        Assert.DoesNotContain(controller.Id.ToString(), agent.StateText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Insecure_EveryConnection_WarnsFetchesAnewAndStoresNoTrust()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();

        _ = agent.Start("--url", controller.Url, "--tofu-insecure", "--enrollment-token", controller.Mint(withPin: true).Reveal());
        await agent.ConnectedAsync(controller);
        int fetched = Fetches(controller);
        controller.LastStream.Hang();
        await agent.ConnectedAsync(controller, 2);
        await agent.StopAsync();

        Assert.Equal(fetched + 1, Fetches(controller));
        string[] warnings = [.. agent.Log.At(LogLevel.Warning).Where(line => line.StartsWith("INSECURE", StringComparison.Ordinal))];
        Assert.Equal(3, warnings.Length);
        Assert.All(warnings, line => Assert.Contains(controller.Ca.Root.Fingerprint.ToString(), line, StringComparison.Ordinal));
        Assert.DoesNotContain("\"trust\"", agent.StateText, StringComparison.Ordinal);
        Assert.Equal("insecure-tofu", controller.LastStream.Hello.Trust.Mode);
        Assert.Empty(controller.LastStream.Hello.Trust.Anchors);
        Assert.True(controller.LastStream.Hello.Trust.SkipHostname);
    }

    [Fact]
    public async Task Insecure_StateWithoutTrust_DoesNotMakeALaterRunBelieveAnyone()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        _ = agent.Start("--url", controller.Url, "--tofu-insecure", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);
        await agent.StopAsync();

        Assert.Equal(ExitCode.Usage, await agent.RunAsync());
        Assert.Contains("nothing yet to verify", agent.Error, StringComparison.Ordinal);
        // With a pin, the identity is kept and the trust is stored.
        await ReconnectsAsync(agent, controller, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}");
        await ReconnectsAsync(agent, controller);
        Assert.Single(controller.Enrollments);
    }

    [Fact]
    public async Task Acknowledge_WhatTheRunBeforeHasShown_IsStored()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        _ = agent.Start("--url", controller.Url, "--tofu-insecure", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);
        await agent.StopAsync();
        string seen = Hash().Match(string.Join('\n', agent.Log.At(LogLevel.Warning))).Value;

        await ReconnectsAsync(agent, controller, "--tofu-insecure", $"--tofu-fingerprint-acknowledge={seen}");

        Assert.Contains("\"trust\"", agent.StateText, StringComparison.Ordinal);
        Assert.DoesNotContain("INSECURE", agent.Log.Text, StringComparison.Ordinal);
        await ReconnectsAsync(agent, controller);
        // The flags may stay in the unit file.
        await ReconnectsAsync(agent, controller, "--tofu-insecure", $"--tofu-fingerprint-acknowledge={seen}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Acknowledge_AnotherServer_EndsWithBothFingerprintsAndWritesNothing(bool relays)
    {
        TestFleetCa seen = new();
        await using FakeController impostor = await FakeController.StartAsync();
        if (relays)
            impostor.Bundle = seen.Root.Bundle;
        using ServiceProcess agent = new();

        ExitCode exit = await agent.RunAsync(
            "--url", impostor.Url, "--tofu-insecure", $"--tofu-fingerprint-acknowledge={seen.Root.Fingerprint}", "--enrollment-token", impostor.Mint().Reveal());

        Assert.Equal(ExitCode.TrustRefused, exit);
        Assert.False(agent.HasState);
        Assert.Empty(impostor.Enrollments);
        string errors = string.Join('\n', agent.Log.At(LogLevel.Error));
        Assert.Contains(seen.Root.Fingerprint.ToString(), errors, StringComparison.Ordinal);
        // Who relays the bundle of another is named by what issued his own certificate.
        TestCa found = relays ? impostor.Ca.Issuing : impostor.Ca.Root;
        Assert.Contains(found.Fingerprint.ToString(), errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstStart_AnotherKeyThanThePinned_EndsWithBothHashesOfKeys()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        string pin = new('a', 64);

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync("--url", controller.Url, $"--tofu-spki={pin}", "--enrollment-token", controller.Mint().Reveal()));

        Assert.Contains($"Demanded {pin}, found {controller.Ca.Root.Spki}", string.Join('\n', agent.Log.At(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstStart_ThePinnedServerUnderAnotherName_IsToldAsNoMismatch()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Leaf = controller.Ca.Server("other.example.org");
        controller.Chain = [controller.Ca.Issuing.Certificate, controller.Ca.Root.Certificate];
        using ServiceProcess agent = new();

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync(
            "--url", controller.Url, $"--tofu-spki={controller.Ca.Issuing.Spki}", "--enrollment-token", controller.Mint().Reveal()));

        Assert.DoesNotContain("Demanded", agent.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LaterRun_ServerOfTls12_EndsWithThreeAndTellsItNothing()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await EnrolledAsync(controller);
        await using HostileServer attacker = await HostileServer.StartAsync(
            controller.Leaf, [controller.Ca.Issuing.Certificate], _ => ServedFile.Ok(controller.Bundle.ToPem()), "-tls1_2");

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync("--url", $"localhost:{attacker.Port}"));

        Assert.Empty(attacker.Received);
        Assert.Contains("TLS 1.3", string.Join('\n', agent.Log.At(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tofu-insecure")]
    [InlineData("--tofu-fingerprint=")]
    public async Task Enrollment_ServerOfTls12_EndsWithThreeAndTellsItNothing(string how)
    {
        // Its trust is stored already, and it has waited for approval; the attacker comes in between.
        await using FakeController controller = await FakeController.StartAsync();
        controller.OnEnroll = _ => new Uptrakit.Contracts.Gateway.EnrollReply { Pending = new Uptrakit.Contracts.Gateway.Pending { RetryAfterSeconds = 60 } };
        using ServiceProcess agent = new();
        string flag = how.EndsWith('=') ? how + controller.Ca.Root.Fingerprint : how;
        _ = agent.Start("--url", controller.Url, flag);
        await agent.UntilAsync("it waits", () => agent.Log.Text.Contains("Waiting for approval", StringComparison.Ordinal));
        await agent.StopAsync();
        await using HostileServer attacker = await HostileServer.StartAsync(
            controller.Leaf, [controller.Ca.Issuing.Certificate], _ => ServedFile.Ok(controller.Bundle.ToPem()), "-tls1_2");

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync("--url", $"localhost:{attacker.Port}", flag));

        Assert.Empty(attacker.Received);
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Hash();

    private static int Fetches(FakeController controller) =>
        controller.Requests.Count(request => request == "HTTP/1.1 /api/v1/pki/ca.crt");

    internal static async Task<ServiceProcess> EnrolledAsync(FakeController controller)
    {
        ServiceProcess agent = new();
        _ = agent.Start("--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);
        Assert.False(agent.Running.IsCompleted, agent.Log.Text + agent.Error);
        await agent.StopAsync();
        return agent;
    }

    internal static async Task ReconnectsAsync(ServiceProcess agent, FakeController controller, params string[] arguments)
    {
        int streams = controller.Streams.Count;
        _ = agent.Start(arguments);
        await agent.ConnectedAsync(controller, streams + 1);
        Assert.False(agent.Running.IsCompleted, agent.Log.Text + agent.Error);
        await agent.StopAsync();
    }
}
