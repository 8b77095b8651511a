using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Services;

public sealed class SessionTests
{
    [Fact]
    public async Task Session_Ping_IsAnswered()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);

        controller.LastStream.Send(new ControllerMessage { Ping = new Ping { Id = 7 } });

        Assert.Equal(7UL, (await NextAsync(controller.LastStream)).Pong.Id);
        await agent.StopAsync();
    }

    [Fact]
    public async Task Session_ControllerRestarts_ComesBack()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);

        controller.LastStream.SayGoodbye(GoodbyeReason.Restart);
        await agent.UntilAsync("it has heard", () => agent.Log.Text.Contains("The Controller restarts", StringComparison.Ordinal));
        await controller.StopAsync();
        await agent.UntilAsync("it has tried in vain", () => agent.Log.Text.Contains("next try in", StringComparison.Ordinal));
        int before = controller.Streams.Count;
        await controller.RestartAsync();
        await agent.ConnectedAsync(controller, before + 1);

        Assert.Equal(ExitCode.Done, await agent.StopAsync());
    }

    [Fact]
    public async Task Session_CutOff_ComesBack()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);

        for (int streams = 2; streams < 5; streams++)
        {
            controller.LastStream.Hang();
            await agent.ConnectedAsync(controller, streams);
        }

        Assert.False(agent.Running.IsCompleted);
        await agent.StopAsync();
    }

    [Fact]
    public async Task Session_SaidToBeRevoked_EndsWithThree()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);

        controller.LastStream.SayGoodbye(GoodbyeReason.Revoked);

        Assert.Equal(ExitCode.TrustRefused, await agent.EndAsync());
    }

    [Fact]
    public async Task Session_AnotherHostHasItsIdentity_WarnsAndWaitsLong()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);

        controller.LastStream.SayGoodbye(GoodbyeReason.Replaced);
        await agent.ConnectedAsync(controller, 2, TimeSpan.FromSeconds(2));

        Assert.Contains("Next try in 60 s", Assert.Single(agent.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
        await agent.StopAsync();
    }

    [Fact]
    public async Task Session_FactsThatChange_AreToldWithoutAConnectionAnew()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);
        Assert.Equal("host", controller.LastStream.Hello.Facts.Hostname);

        agent.Facts = new HostFacts { Hostname = "renamed" };
        Task<ServiceMessage> told = NextAsync(controller.LastStream);
        await agent.UntilAsync("it was told", () => told.IsCompleted, TimeSpan.FromSeconds(20));

        Assert.Equal("renamed", (await told).Facts.Hostname);
        Assert.Single(controller.Streams);
        await agent.StopAsync();
    }

    [Fact]
    public async Task Session_RevokedWhileAway_EndsWithThree()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);

        controller.OnConnect = () => new RpcException(new Status(StatusCode.PermissionDenied, "revoked"));
        controller.LastStream.Hang();

        Assert.Equal(ExitCode.TrustRefused, await agent.EndAsync());
    }

    [Fact]
    public async Task Session_NotAdmittedAtFirst_EndsWithThree()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await LaterRunTests.EnrolledAsync(controller);
        controller.OnConnect = () => new RpcException(new Status(StatusCode.Unauthenticated, "revoked"));

        _ = agent.Start();

        Assert.Equal(ExitCode.TrustRefused, await agent.EndAsync());
        Assert.Contains("revoked", agent.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_NotAdmittedOnceItHasWorked_KeepsAskingSlowly()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);

        controller.OnConnect = () => new RpcException(new Status(StatusCode.Unauthenticated, "a mishap"));
        controller.LastStream.Hang();
        await agent.UntilAsync("it was refused", () => agent.Log.Text.Contains("does not admit", StringComparison.Ordinal));
        controller.OnConnect = null;
        await agent.ConnectedAsync(controller, 2, TimeSpan.FromSeconds(5));

        Assert.Contains("next try in 300 s", agent.Log.Text, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, await agent.StopAsync());
    }

    [Fact]
    public async Task Session_StrangerAfterwards_IsNotBelievedAndNotTheEnd()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);
        TestFleetCa evil = new();
        TestFleetCa genuine = controller.Ca;

        (controller.Leaf, controller.Chain) = (evil.Server(), [evil.Issuing.Certificate]);
        controller.LastStream.Hang();
        await agent.UntilAsync("it was refused", () => agent.Log.Text.Contains("is not trusted", StringComparison.Ordinal));
        Assert.Single(controller.Streams);
        (controller.Leaf, controller.Chain) = (genuine.Server(), [genuine.Issuing.Certificate]);
        await agent.ConnectedAsync(controller, 2, TimeSpan.FromSeconds(2));

        Assert.Equal(ExitCode.Done, await agent.StopAsync());
    }

    [Fact]
    public async Task Session_HandOverOfTheRoot_IsStoredReportedAndSurvived()
    {
        TestFleetCa former = new("First");
        TestFleetCa next = new("Second");
        await using FakeController controller = await FakeController.StartAsync(former);
        using ServiceProcess agent = await ConnectedAsync(controller);

        // Distribute: both roots, still the former server certificate.
        CertificateBundle both = CertificateBundle.Of([former.Root.Certificate, next.Root.Certificate]);
        byte[] cross = former.Root.CrossSign(next.Root).RawData;
        Send(controller, both, former.Root.Certificate.RawData, cross);
        TrustReport report = (await NextAsync(controller.LastStream)).Trust;
        Assert.Equal(both.Certificates.Select(c => Convert.ToHexString(CertificateFingerprint.Of(c).Bytes)), report.Anchors.Select(a => Convert.ToHexString(a.Span)));
        Assert.Single(controller.Streams);

        // Activate and retire: the new one alone. The old connection is judged again by making a new one.
        (controller.Leaf, controller.Chain, controller.Bundle) = (next.Server(), [next.Issuing.Certificate], next.Root.Bundle);
        Send(controller, next.Root.Bundle, former.Root.Certificate.RawData, cross);
        await agent.ConnectedAsync(controller, 2);
        Assert.Single(controller.LastStream.Hello.Trust.Anchors);
        await agent.StopAsync();

        // The unit file still has the pin of the former root.
        await LaterRunTests.ReconnectsAsync(agent, controller, $"--tofu-fingerprint={former.Root.Fingerprint}");
    }

    [Fact]
    public async Task Session_RootReplacedWhileItWasAway_IsFollowedByTheEvidence()
    {
        TestFleetCa former = new("First");
        TestFleetCa next = new("Second");
        await using FakeController controller = await FakeController.StartAsync(former);
        using ServiceProcess agent = await LaterRunTests.EnrolledAsync(controller);

        (controller.Leaf, controller.Chain, controller.Bundle) = (next.Server(), [next.Issuing.Certificate], next.Root.Bundle);
        controller.HandOver = CertificateBundle.Of([former.Root.Certificate, former.Root.CrossSign(next.Root)]);

        await LaterRunTests.ReconnectsAsync(agent, controller, $"--tofu-fingerprint={former.Root.Fingerprint}");
        Assert.Contains("vouches for it", Assert.Single(agent.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
        await LaterRunTests.ReconnectsAsync(agent, controller);
    }

    [Theory]
    [InlineData("relayed")]
    [InlineData("forged")]
    [InlineData("none")]
    public async Task Session_RootReplacedWithoutTheFormersWord_EndsWithThree(string kind)
    {
        TestFleetCa former = new("First");
        TestFleetCa next = new("Second");
        TestFleetCa evil = new("Second");
        await using FakeController controller = await FakeController.StartAsync(former);
        using ServiceProcess agent = await LaterRunTests.EnrolledAsync(controller);
        string state = agent.StateText;

        (controller.Leaf, controller.Chain) = (evil.Server(), [evil.Issuing.Certificate]);
        controller.Bundle = CertificateBundle.Of([evil.Root.Certificate, next.Root.Certificate]);
        controller.HandOver = kind switch
        {
            // The genuine evidence, in front of another root.
            "relayed" => CertificateBundle.Of([former.Root.Certificate, former.Root.CrossSign(next.Root)]),
            "forged" => CertificateBundle.Of([former.Root.Certificate, TestCa.CloneOf(former.Root).CrossSign(evil.Root)]),
            _ => null,
        };

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync());
        Assert.Single(controller.Streams);
        Assert.Equal(state, agent.StateText);
    }

    [Theory]
    [InlineData("foreign")]
    [InlineData("leaf")]
    [InlineData("empty")]
    [InlineData("many")]
    public async Task Session_BundleThatWouldLockItOut_IsNotStored(string kind)
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);
        string state = agent.StateText;

        IEnumerable<System.Security.Cryptography.X509Certificates.X509Certificate2> anchors = kind switch
        {
            "foreign" => [new TestFleetCa().Root.Certificate],
            "leaf" => [controller.Ca.Root.Certificate, controller.Leaf],
            "empty" => [],
            _ => Enumerable.Range(0, 17).Select(i => TestCa.Root($"Root {i}").Certificate).Append(controller.Ca.Root.Certificate),
        };
        controller.LastStream.Send(new ControllerMessage { Bundle = new Bundle { Anchors = { anchors.Select(FakeEnrollment.Der) } } });
        await agent.UntilAsync("it was refused", () => agent.Log.Text.Contains("Kept the stored bundle", StringComparison.Ordinal));

        Assert.Equal(state, agent.StateText);
        Assert.False(agent.Running.IsCompleted);
        await agent.StopAsync();
    }

    [Fact]
    public async Task Session_MoreHandOversThanAreKept_TakesTheBundleWithTheNewest()
    {
        TestFleetCa present = new("Present");
        await using FakeController controller = await FakeController.StartAsync(present);
        using ServiceProcess agent = await ConnectedAsync(controller);
        TestCa[] roots = [.. Enumerable.Range(0, 17).Select(i => TestCa.Root($"Root {i}")), present.Root];
        byte[][] pairs = [.. Enumerable.Range(0, 17).SelectMany(i =>
            new[] { roots[i].Certificate.RawData, roots[i].CrossSign(roots[i + 1]).RawData })];

        Send(controller, controller.Bundle, pairs);
        await agent.UntilAsync("it was stored", () => agent.Log.Text.Contains("Stored the Controller's bundle", StringComparison.Ordinal));
        await agent.StopAsync();

        Assert.DoesNotContain("Kept the stored bundle", agent.Log.Text, StringComparison.Ordinal);
        await LaterRunTests.ReconnectsAsync(agent, controller, $"--tofu-fingerprint={roots[1].Fingerprint}");
        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync($"--tofu-fingerprint={roots[0].Fingerprint}"));
    }

    [Fact]
    public async Task Session_BundleOverAnUnverifiedConnection_IsNotStored()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        _ = agent.Start("--url", controller.Url, "--tofu-insecure", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);

        controller.LastStream.Send(new ControllerMessage { Bundle = new Bundle { Anchors = { FakeEnrollment.Der(controller.Ca.Root.Certificate) } } });
        controller.LastStream.Send(new ControllerMessage { Ping = new Ping { Id = 1 } });
        await NextAsync(controller.LastStream);

        Assert.DoesNotContain("\"trust\"", agent.StateText, StringComparison.Ordinal);
        await agent.StopAsync();
    }

    [Fact]
    public async Task Renewal_AtTwoThirdsOfItsLife_TakesAFreshKeyOverASecondConnection()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.ClientLife = TimeSpan.FromDays(3);
        using ServiceProcess agent = await ConnectedAsync(controller);
        FakeStream before = controller.LastStream;

        agent.Clock.Advance(TimeSpan.FromDays(1.9));
        Assert.Empty(controller.Renewals);
        controller.Now = agent.Clock.GetUtcNow();
        await agent.UntilAsync("it was renewed", () => controller.Streams.Count == 2, TimeSpan.FromMinutes(5));

        Assert.NotEqual(before.Client, controller.LastStream.Client);
        await agent.UntilAsync("the first one ends", () => before.HasEnded);
        Assert.False(controller.LastStream.HasEnded);
        await agent.StopAsync();
        await LaterRunTests.ReconnectsAsync(agent, controller);
        Assert.Equal(controller.Streams.ElementAt(1).Client, controller.LastStream.Client);
    }

    [Fact]
    public async Task Renewal_WhenAsked_IsDoneAtOnce()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await ConnectedAsync(controller);

        controller.LastStream.Send(new ControllerMessage { RenewNow = new RenewNow() });
        await agent.ConnectedAsync(controller, 2);

        Assert.Single(controller.Renewals);
        Assert.NotEqual(controller.Streams.First().Client, controller.LastStream.Client);
        // It has proved of use, so what was before is not kept.
        await agent.UntilAsync("the former is forgotten", () => !File.Exists(Path.Combine(agent.State, "service.key.former")));
        Assert.DoesNotContain("former_certificate", agent.StateText, StringComparison.Ordinal);
        await agent.StopAsync();
    }

    [Fact]
    public async Task Renewal_AnsweredBySomeoneInBetween_DoesNotLockTheServiceOut()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Admits = certificate => certificate.Issuer == controller.Ca.Issuing.Certificate.Subject;
        await using FakeController attacker = await FakeController.StartAsync(new TestFleetCa("Evil"));
        attacker.Id = controller.Id;
        using ServiceProcess agent = new();
        await LaterRunTests.ReconnectsAsync(agent, controller, "--url", controller.Url, "--tofu-insecure", "--enrollment-token", controller.Mint().Reveal());
        SpkiFingerprint own = controller.LastStream.Client;

        // He renews twice, so that what is before the last renewal is his, too.
        _ = agent.Start("--url", attacker.Url, "--tofu-insecure");
        for (int streams = 1; streams <= 2; streams++)
        {
            await agent.ConnectedAsync(attacker, streams);
            attacker.LastStream.Send(new ControllerMessage { RenewNow = new RenewNow() });
        }

        await agent.ConnectedAsync(attacker, 3);
        await agent.StopAsync();
        Assert.NotEqual(own, attacker.LastStream.Client);

        await LaterRunTests.ReconnectsAsync(agent, controller, "--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}");
        Assert.Contains("trying the one before", agent.Log.Text, StringComparison.Ordinal);
        Assert.Equal(own, controller.LastStream.Client);
        await LaterRunTests.ReconnectsAsync(agent, controller);
        Assert.DoesNotContain("trying the one before", agent.Log.Text, StringComparison.Ordinal);
        Assert.Equal(["service.json", "service.key"], FilesOf(agent));
    }

    [Fact]
    public async Task Renewal_NeitherCertificateIsTaken_EndsAsWithOne()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        await LaterRunTests.ReconnectsAsync(agent, controller, "--url", controller.Url, "--tofu-insecure", "--enrollment-token", controller.Mint().Reveal());
        _ = agent.Start("--tofu-insecure");
        await agent.ConnectedAsync(controller, 2);
        controller.LastStream.Send(new ControllerMessage { RenewNow = new RenewNow() });
        await agent.ConnectedAsync(controller, 3);
        await agent.StopAsync();
        controller.Admits = _ => false;

        for (int run = 0; run < 2; run++)
        {
            _ = agent.Start("--tofu-insecure");
            Assert.Equal(ExitCode.TrustRefused, await agent.EndAsync());
        }
    }

    [Fact]
    public async Task Renewal_DiskFailsAtItsLastStep_IsFinishedAndTheKeyIsKept()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.OnRenew = () => controller.Renewals.Count == 1 ? null : new RpcException(new Status(StatusCode.InvalidArgument, "a fresh key"));
        using ServiceProcess agent = await ConnectedAsync(controller);
        string key = Path.Combine(agent.State, "service.key");
        File.Delete(key);
        Directory.CreateDirectory(key);

        controller.LastStream.Send(new ControllerMessage { RenewNow = new RenewNow() });
        await agent.UntilAsync("it has failed", () => agent.Log.Text.Contains("could not be renewed", StringComparison.Ordinal));
        Directory.Delete(key);
        await agent.ConnectedAsync(controller, 2, TimeSpan.FromSeconds(2));
        await agent.StopAsync();

        Assert.Single(controller.Renewals);
        Assert.Equal(FakeEnrollment.KeyOf(controller.Renewals.Single().Csr.ToByteArray()), controller.LastStream.Client);
        await LaterRunTests.ReconnectsAsync(agent, controller);
        Assert.Equal(controller.Streams.ElementAt(1).Client, controller.LastStream.Client);
    }

    [Fact]
    public async Task Renewal_KeyWasCertifiedAndTheAnswerLost_TakesAnotherKey()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.OnRenew = () => controller.Renewals.Count == 1 ? new RpcException(new Status(StatusCode.InvalidArgument, "a fresh key")) : null;
        using ServiceProcess agent = await ConnectedAsync(controller);

        controller.LastStream.Send(new ControllerMessage { RenewNow = new RenewNow() });
        await agent.ConnectedAsync(controller, 2, TimeSpan.FromSeconds(2));

        Assert.Equal(2, controller.Renewals.Select(renewal => renewal.Csr).Distinct().Count());
        Assert.Equal(2, controller.Renewals.Select(renewal => FakeEnrollment.KeyOf(renewal.Csr.ToByteArray())).Distinct().Count());
        await agent.StopAsync();
    }

    [Fact]
    public async Task Session_CertificateEndedWhileAway_EndsWithThreeAndTheWayOut()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = await LaterRunTests.EnrolledAsync(controller);
        agent.Clock.Advance(TimeSpan.FromDays(31));

        _ = agent.Start();

        Assert.Equal(ExitCode.TrustRefused, await agent.EndAsync());
        Assert.Contains("--force-enroll", agent.Log.Text, StringComparison.Ordinal);
    }

    private static string[] FilesOf(ServiceProcess agent) =>
        [.. Directory.EnumerateFiles(agent.State).Select(file => Path.GetFileName(file)).Where(name => name.StartsWith("service", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static void Send(FakeController controller, CertificateBundle bundle, params byte[][] evidence) =>
        controller.LastStream.Send(new ControllerMessage
        {
            Bundle = new Bundle
            {
                Anchors = { bundle.Certificates.Select(FakeEnrollment.Der) },
                HandOver = { evidence.Select(der => Google.Protobuf.ByteString.CopyFrom(der)) },
            },
        });

    private static async Task<ServiceProcess> ConnectedAsync(FakeController controller)
    {
        ServiceProcess agent = new();
        _ = agent.Start("--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal());
        await agent.ConnectedAsync(controller);
        Assert.False(agent.Running.IsCompleted, agent.Log.Text + agent.Error);
        return agent;
    }

    private static async Task<ServiceMessage> NextAsync(FakeStream stream) =>
        await stream.Received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
}
