using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services.Identity;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Services;

public sealed class EnrollingTests
{
    [Fact]
    public async Task Enroll_AnswerIsLost_AsksAgainWithTheSameKeyAcrossRuns()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.OnEnroll = _ => throw new RpcException(new Status(StatusCode.Unavailable, "gone"));
        using ServiceProcess agent = new();

        _ = agent.Start(FirstLine(controller));
        await agent.UntilAsync("it has asked twice", () => controller.Enrollments.Count >= 2);
        await agent.StopAsync();
        controller.OnEnroll = null;
        _ = agent.Start(FirstLine(controller));
        await agent.ConnectedAsync(controller);

        Assert.Single(controller.Enrollments.Select(FakeEnrollment.KeyOf).Distinct());
        await agent.StopAsync();
        Assert.False(File.Exists(Path.Combine(agent.State, "service.key.next")));
    }

    [Fact]
    public async Task Enroll_WithoutAToken_ShowsItsFingerprintAndWaitsForApproval()
    {
        await using FakeController controller = await FakeController.StartAsync();
        bool approved = false;
        controller.OnEnroll = request => approved
            ? new EnrollReply { Enrolled = FakeEnrollment.Grant(controller, request) }
            : new EnrollReply { Pending = new Pending { ControllerId = controller.Id.ToString(), KeyFingerprint = "a lie", RetryAfterSeconds = 5 } };
        using ServiceProcess agent = new();

        _ = agent.Start("--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}");
        await agent.UntilAsync("it has asked thrice", () => controller.Enrollments.Count >= 3, TimeSpan.FromSeconds(1));
        Assert.Null(controller.Enrollments.First().Token);
        SpkiFingerprint key = Assert.Single(controller.Enrollments.Select(FakeEnrollment.KeyOf).Distinct());
        Assert.Contains(key.ToString(), Assert.Single(agent.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
        approved = true;
        await agent.ConnectedAsync(controller);

        Assert.Equal(key, controller.LastStream.Client);
        await agent.StopAsync();
    }

    [Theory]
    [InlineData(EnrollFault.TokenUsed, "has been used")]
    [InlineData(EnrollFault.TokenExpired, "has expired")]
    [InlineData(EnrollFault.TokenOtherCapability, "not for a Service of this kind")]
    [InlineData(EnrollFault.Rejected, "has rejected")]
    [InlineData(EnrollFault.Closed, "a token is needed")]
    [InlineData(EnrollFault.Proof, "does not fit this connection")]
    public async Task Enroll_Refused_EndsWithThreeAndTheReason(EnrollFault fault, string words)
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.OnEnroll = _ => new EnrollReply { Refused = new EnrollRefused { Fault = fault, Message = "because\u001b[31m" } };
        using ServiceProcess agent = new();

        _ = agent.Start(FirstLine(controller));

        Assert.Equal(ExitCode.TrustRefused, await agent.EndAsync());
        string error = Assert.Single(agent.Log.At(LogLevel.Error));
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error);
    }

    [Fact]
    public async Task Enroll_KeyThatWasRejected_IsAskedWithAgainUnlessForced()
    {
        await using FakeController controller = await FakeController.StartAsync();
        SpkiFingerprint? rejected = null;
        controller.OnEnroll = request => (rejected ??= FakeEnrollment.KeyOf(request)) == FakeEnrollment.KeyOf(request)
            ? new EnrollReply { Refused = new EnrollRefused { Fault = EnrollFault.Rejected } }
            : null;
        using ServiceProcess agent = new();

        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync(FirstLine(controller)));
        // A restart by the service manager must not put another request before the operator.
        Assert.Equal(ExitCode.TrustRefused, await agent.RunAsync(FirstLine(controller)));
        Assert.Single(controller.Enrollments.Select(FakeEnrollment.KeyOf).Distinct());
        await LaterRunTests.ReconnectsAsync(agent, controller, [.. FirstLine(controller), "--force-enroll"]);

        Assert.NotEqual(rejected, controller.LastStream.Client);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("name")]
    [InlineData("controller")]
    [InlineData("nothing")]
    public async Task Enroll_WrongCertificate_IsNotStored(string fault)
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.OnEnroll = request =>
        {
            Enrolled enrolled = FakeEnrollment.Grant(controller, request);
            using ServiceKey other = ServiceKey.Create();
            if (fault == "key")
                enrolled.Chain[0] = FakeEnrollment.Der(controller.Issue(other.SigningRequest(), Guid.Parse(enrolled.ServiceId)));
            else if (fault == "name")
                enrolled.ServiceId = Guid.NewGuid().ToString();
            else if (fault == "controller")
                enrolled.ControllerId = Guid.NewGuid().ToString();
            else
                enrolled.Chain.Clear();
            return new EnrollReply { Enrolled = enrolled };
        };
        using ServiceProcess agent = new();

        _ = agent.Start(FirstLine(controller));

        Assert.Equal(ExitCode.TrustRefused, await agent.EndAsync());
        Assert.DoesNotContain("\"service\"", agent.StateText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enroll_Token_IsProvenForThisConnectionAndNeverSent()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = new();
        string token = controller.Mint().Reveal();

        _ = agent.Start("--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", token, "-v");
        await agent.ConnectedAsync(controller);
        await agent.StopAsync();

        Assert.DoesNotContain(token, controller.Enrollments.Single().ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(token[10..], agent.Log.Text + agent.StateText, StringComparison.Ordinal);
        Assert.Equal(32, controller.Enrollments.Single().Token.Nonce.Length);
    }

    private static string[] FirstLine(FakeController controller) =>
        ["--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", (controller.Token ?? controller.Mint()).Reveal()];
}
