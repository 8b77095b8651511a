using System.Text.Json;

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
    public async Task Explain_NobodyThere_IsFour()
    {
        await using FakeController controller = await FakeController.StartAsync();
        await controller.StopAsync();
        using ServiceProcess agent = new();

        Assert.Equal(ExitCode.Unreachable, await agent.RunAsync("trust", "explain", "--url", controller.Url));
    }
}
