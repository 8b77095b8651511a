using System.Text.Json;

namespace Uptrakit.Tests.Cli;

public sealed class ExplainTests : IDisposable
{
    private readonly CliUser dana = new();
    private readonly ControllerCa ca = new();

    public void Dispose()
    {
        dana.Dispose();
        ca.Dispose();
    }

    [Fact]
    public async Task Explain_StoredAuthority_IsAcceptedWithItsAnchor()
    {
        await using FakeController controller = await StoredAsync(ca);

        CliRun run = await dana.RunAsync("trust", "explain", "-o", "json");
        CliRun human = await dana.RunAsync("trust", "explain");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal("none", run.Json.GetProperty("cause").GetString());
        Assert.True(run.Json.GetProperty("name_matches").GetBoolean());
        Assert.Equal(ca.Fingerprint.ToString(), run.Json.GetProperty("decision").GetProperty("anchor").GetProperty("fingerprint").GetString());
        Assert.Equal(["serverAuth"], run.Json.GetProperty("chain")[0].GetProperty("purposes").EnumerateArray().Select(one => one.GetString()));
        Assert.Contains("accepted", human.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_AnotherAuthority_IsRefusedWithoutAFingerprintToCopy()
    {
        using ControllerCa other = new("Other root");
        await using FakeController controller = await FakeController.StartAsync(other);
        dana.Variables["UPTRAKIT_TOKEN"] = FakeController.Token;

        foreach (string format in (string[])["human", "json", "yaml"])
        {
            CliRun run = await dana.RunAsync(
                "trust", "explain", "--server", controller.Address, $"--tofu={ca.Fingerprint}", "-o", format);

            Assert.Equal(ExitCode.TrustRefused, run.Exit);
            Assert.DoesNotContain(other.Fingerprint.ToString()[..16], run.Out + run.Error, StringComparison.Ordinal);
        }
        Assert.All(controller.Requests, request => Assert.Null(request.Authorization));
        Assert.All(controller.Lines, line => Assert.StartsWith("GET /api/v1/pki/", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Explain_NothingStored_SaysWhatOtherModesDecide()
    {
        await using FakeController controller = await FakeController.StartAsync(ca);

        CliRun run = await dana.RunAsync("trust", "explain", "--server", controller.Address, "-o", "json");

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.Contains(run.Json.GetProperty("others").EnumerateArray(), other =>
            other.GetProperty("mode").GetString() == "insecure-tofu" && other.GetProperty("accepted").GetBoolean());
        Assert.NotEqual("", run.Json.GetProperty("next_step").GetString());
    }

    [Fact]
    public async Task Explain_NobodyListens_IsUnreachableInAllForms()
    {
        CliRun json = await dana.RunAsync("trust", "explain", "--server", "127.0.0.1:1", "-o", "json");
        CliRun human = await dana.RunAsync("trust", "explain", "--server", "127.0.0.1:1");

        Assert.Equal(ExitCode.Unreachable, json.Exit);
        Assert.Equal(JsonValueKind.String, json.Json.GetProperty("unreachable").ValueKind);
        Assert.Equal(ExitCode.Unreachable, human.Exit);
    }

    private async Task<FakeController> StoredAsync(ControllerCa authority)
    {
        FakeController controller = await FakeController.StartAsync(authority);
        Assert.Equal(ExitCode.Done, (await dana.RunAsync(
            "auth", "ca", "trust", $"--tofu={authority.Fingerprint}", "--server", controller.Address)).Exit);
        return controller;
    }
}
