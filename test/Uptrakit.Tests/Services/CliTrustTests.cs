using Uptrakit.Tests.Shared.Tls;
using CliUser = Uptrakit.Tests.Cli.CliUser;

namespace Uptrakit.Tests.Services;

/// <summary>The command line's trust and that of Services are two: in one home, neither is the other's.</summary>
public sealed class CliTrustTests : IDisposable
{
    private readonly CliUser dana = new() { Now = TestCa.Now };

    public void Dispose() => dana.Dispose();

    [Fact]
    public async Task CaTrust_OfTheCommandLine_ChangesNothingForAnAgent()
    {
        await using FakeController controller = await FakeController.StartAsync();
        await using FakeController other = await FakeController.StartAsync();
        using ServiceProcess fresh = InHome(new ServiceProcess());
        using ServiceProcess enrolled = InHome(await LaterRunTests.EnrolledAsync(controller));
        string state = enrolled.StateText;

        await TrustAsync(controller);
        Assert.Equal(ExitCode.Usage, await fresh.RunAsync("--url", controller.Url));
        Assert.Contains("nothing yet to verify", fresh.Error, StringComparison.Ordinal);

        await TrustAsync(other);
        Assert.Equal(ExitCode.TrustRefused, await enrolled.RunAsync("--url", other.Url));
        Assert.Equal(state, enrolled.StateText);
        Assert.Equal(ExitCode.Done, (await dana.RunAsync("auth", "ca", "forget", "--server", controller.Url)).Exit);
        await LaterRunTests.ReconnectsAsync(enrolled, controller);
    }

    [Fact]
    public async Task TrustOfAnAgent_ChangesNothingForTheCommandLine()
    {
        await using FakeController controller = await FakeController.StartAsync();
        using ServiceProcess agent = InHome(new ServiceProcess());

        await LaterRunTests.ReconnectsAsync(
            agent, controller, "--url", controller.Url, $"--tofu-fingerprint={controller.Ca.Root.Fingerprint}", "--enrollment-token", controller.Mint().Reveal());

        Assert.False(File.Exists(dana.ConfigPath));
        Assert.Equal(ExitCode.TrustRefused, (await dana.RunAsync("trust", "explain", "--server", controller.Url)).Exit);
    }

    private ServiceProcess InHome(ServiceProcess agent)
    {
        agent.Variables["XDG_CONFIG_HOME"] = Path.GetDirectoryName(Path.GetDirectoryName(dana.ConfigPath))!;
        return agent;
    }

    private async Task TrustAsync(FakeController controller) => Assert.Equal(ExitCode.Done, (await dana.RunAsync(
        "auth", "ca", "trust", $"--tofu={controller.Ca.Root.Fingerprint}", "--server", controller.Url)).Exit);
}
