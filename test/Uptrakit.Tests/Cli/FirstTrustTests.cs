using System.Security.Authentication;
using System.Text.Json;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Cli;

/// <summary>How the command line comes to trust a Controller.</summary>
public sealed class FirstTrustTests : IDisposable
{
    private readonly CliUser dana = new();
    private readonly ControllerCa ca = new();

    public void Dispose()
    {
        dana.Dispose();
        ca.Dispose();
    }

    [Fact]
    public async Task LoginTofu_FingerprintGiven_TrustsTheAuthorityAndSignsIn()
    {
        await using FakeController controller = await FakeController.StartAsync(ca);
        controller.AnswerDevice();

        CliRun run = await dana.RunAsync("auth", "login", $"--tofu={ca.Fingerprint}", "--server", controller.Address);

        Assert.Equal(ExitCode.Done, run.Exit);
        JsonElement stored = dana.Config.GetProperty("servers").GetProperty(controller.Address);
        Assert.Equal(ca.Fingerprint.ToString(), stored.GetProperty("ca").GetProperty("fingerprint").GetString());
        Assert.Equal(FakeController.Token, stored.GetProperty("token").GetProperty("access").GetString());
        Assert.Contains("BDWP-HQPK", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{controller.Address}/device", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Pauses.Count);
    }

    [Theory]
    [InlineData("hex")]
    [InlineData("prefixed")]
    [InlineData("words")]
    [InlineData("words in another form")]
    public async Task LoginTofu_SomebodyTypesWhatTheDashboardShows_TrustsTheAuthority(string form)
    {
        await using FakeController controller = await FakeController.StartAsync(ca);
        string answer = form switch
        {
            "hex" => ca.Fingerprint.ToString(),
            "prefixed" => $"  SHA256:{ca.Fingerprint.ToString().ToUpperInvariant()} ",
            "words" => ca.Words,
            _ => ca.Words.Replace('-', ' ').ToUpperInvariant(),
        };

        CliRun run = await dana.AnswerAsync(answer,
            "auth", "login", "--tofu", "--server", controller.Address, "--token", FakeController.Token);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(ca.Fingerprint.ToString(), (await StatusAsync(controller)).GetProperty("ca_fingerprint").GetString());
        string before = run.Error[..run.Error.IndexOf("64 digits:", StringComparison.Ordinal)];
        Assert.DoesNotContain(ca.Fingerprint.ToString(), before, StringComparison.Ordinal);
        Assert.DoesNotContain(ca.Words, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y")]
    [InlineData("yes")]
    [InlineData("")]
    [InlineData("zoo zoo zoo zoo zoo zoo zoo zoo")]
    [InlineData("e3676c6137dada24f41974e2fb62546dadc2c6d6b831e4bb2635393218c64ce4")]
    public async Task LoginTofu_AnyOtherAnswer_StoresNothingAndTellsNoFingerprint(string answer)
    {
        await using FakeController controller = await FakeController.StartAsync(ca);

        CliRun run = await dana.AnswerAsync(answer,
            "auth", "login", "--tofu", "--server", controller.Address, "--token", FakeController.Token);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.False(File.Exists(dana.ConfigPath));
        Assert.DoesNotContain(ca.Fingerprint.ToString()[..16], run.Error + run.Out, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(ca.Words, run.Error + run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeController.Token, controller.Everything, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auth login --tofu")]
    [InlineData("auth ca trust")]
    [InlineData("auth ca trust --tofu")]
    public async Task InteractiveTrust_NobodyAtTheTerminal_NamesTheFlagAndCallsNobody(string line)
    {
        await using FakeController controller = await FakeController.StartAsync(ca);

        CliRun run = await dana.PipeAsync(ca.Fingerprint + "\n", [.. line.Split(' '), "--server", controller.Address]);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("--tofu=<fingerprint>", run.Error, StringComparison.Ordinal);
        Assert.Empty(controller.Requests);
    }

    [Fact]
    public async Task LoginTofu_WrongFingerprintGiven_IsRefusedWithoutTheObservedOne()
    {
        await using FakeController controller = await FakeController.StartAsync(ca);
        using ControllerCa other = new();

        CliRun run = await dana.RunAsync("auth", "login", $"--tofu={other.Fingerprint}", "--server", controller.Address,
            "--token", FakeController.Token);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.False(File.Exists(dana.ConfigPath));
        Assert.DoesNotContain(ca.Fingerprint.ToString()[..16], run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(FakeController.Token, controller.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoginTofu_GenuineBundleBehindAForeignLeaf_IsRefusedBeforeAByteOfTheToken()
    {
        using ControllerCa attacker = new();
        await using FakeController relay = await FakeController.StartAsync(attacker.ServerLeaf(), ca.Pem);

        CliRun given = await dana.RunAsync("auth", "login", $"--tofu={ca.Fingerprint}", "--server", relay.Address,
            "--token", FakeController.Token);
        CliRun typed = await dana.AnswerAsync(ca.Words, "auth", "login", "--tofu", "--server", relay.Address,
            "--token", FakeController.Token);

        Assert.Equal(ExitCode.TrustRefused, given.Exit);
        Assert.Equal(ExitCode.TrustRefused, typed.Exit);
        Assert.False(File.Exists(dana.ConfigPath));
        Assert.All(relay.Requests, request => Assert.StartsWith("GET /api/v1/pki/", request.Line, StringComparison.Ordinal));
        Assert.All(relay.Requests, request => Assert.Null(request.Authorization));
        Assert.DoesNotContain(FakeController.Token, relay.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoginTofu_GenuineAuthorityStuffedBesideTheAttackers_IsRefused()
    {
        using ControllerCa attacker = new();
        await using FakeController relay = await FakeController.StartAsync(attacker.ServerLeaf(), attacker.Pem + ca.Pem);

        CliRun run = await dana.RunAsync("auth", "login", $"--tofu={ca.Fingerprint}", "--server", relay.Address,
            "--token", FakeController.Token);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.DoesNotContain(FakeController.Token, relay.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoginTofu_CertificateForAnotherName_IsRefused()
    {
        await using FakeController controller = await FakeController.StartAsync(ca.ServerLeaf("controller.example.org"), ca.Pem);

        CliRun run = await dana.RunAsync("auth", "login", $"--tofu={ca.Fingerprint}", "--server", controller.Address,
            "--token", FakeController.Token);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.False(File.Exists(dana.ConfigPath));
    }

    [Fact]
    public async Task LoginTofu_ServerOfTls12Only_IsRefused()
    {
        await using FakeController controller = await FakeController.StartAsync(ca.ServerLeaf(), ca.Pem, SslProtocols.Tls12);

        CliRun run = await dana.RunAsync("auth", "login", $"--tofu={ca.Fingerprint}", "--server", controller.Address);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.Empty(controller.Requests);
    }

    [Fact]
    public async Task LoginTofu_DuringAHandOver_TakesTheAuthorityThatWasCompared()
    {
        using ControllerCa next = new("Test root 2");
        await using FakeController controller = await FakeController.StartAsync(ca.ServerLeaf(), next.Pem + ca.Pem);

        CliRun run = await dana.AnswerAsync(ca.Words, "auth", "login", "--tofu", "--server", controller.Address,
            "--token", FakeController.Token);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(ca.Fingerprint.ToString(), (await StatusAsync(controller)).GetProperty("ca_fingerprint").GetString());
    }

    [Fact]
    public async Task Login_NoStoredAuthorityAndNoTofu_NeedsTheRootsOfThisMachine()
    {
        await using FakeController controller = await FakeController.StartAsync(ca);
        CliRun unknown = await dana.RunAsync("auth", "login", "--server", controller.Address, "--token", FakeController.Token);
        dana.Roots = dana.FileWith(ca.Pem);

        CliRun known = await dana.RunAsync("auth", "login", "--server", controller.Address, "--token", FakeController.Token);

        Assert.Equal(ExitCode.TrustRefused, unknown.Exit);
        Assert.Contains("auth login --tofu", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, known.Exit);
    }

    [Fact]
    public async Task Example_OfTheFingerprintFormat_IsTaken()
    {
        const string example = "e3676c6137dada24f41974e2fb62546dadc2c6d6b831e4bb2635393218c64ce4";
        await using FakeController controller = await FakeController.StartAsync(ca);

        CliRun plain = await dana.RunAsync("auth", "ca", "trust", $"--tofu={example}", "--server", controller.Address);
        CliRun prefixed = await dana.RunAsync("auth", "ca", "trust", $"--tofu=sha256:{example}", "--server", controller.Address);

        Assert.Equal(ExitCode.TrustRefused, plain.Exit);
        Assert.Equal(ExitCode.TrustRefused, prefixed.Exit);
        Assert.True(CertificateFingerprint.TryParse(example, out _));
    }

    private async Task<JsonElement> StatusAsync(FakeController controller) =>
        (await dana.RunAsync("auth", "status", "--server", controller.Address, "-o", "json")).Json;
}
