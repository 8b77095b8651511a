using System.Security.Authentication;
using System.Text.Json;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Cli;

/// <summary>Whom the command line trusts: the table and the rules of "CLI CA Trust".</summary>
public sealed class FirstTrustTests : IDisposable
{
    private readonly CliUser dana = new();
    private readonly TestCa ca = new();

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
        using TestCa other = new();

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
        using TestCa attacker = new();
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
        using TestCa attacker = new();
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
        using TestCa next = new("Test root 2");
        await using FakeController controller = await FakeController.StartAsync(ca.ServerLeaf(), next.Pem + ca.Pem);

        CliRun run = await dana.AnswerAsync(ca.Words, "auth", "login", "--tofu", "--server", controller.Address,
            "--token", FakeController.Token);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(ca.Fingerprint.ToString(), (await StatusAsync(controller)).GetProperty("ca_fingerprint").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LoginTofu_StoredAuthorityIsAnother_RefusesEvenWithTheRightFingerprint(bool given)
    {
        using TestCa old = new("Old root");
        await using FakeController controller = await StoredAsync(old);
        controller.Bundle = ca.Pem;

        CliRun run = await dana.AnswerAsync(ca.Words, "auth", "login", given ? $"--tofu={ca.Fingerprint}" : "--tofu",
            "--server", controller.Address, "--token", FakeController.Token);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.Contains("uptrakit auth ca trust", run.Error, StringComparison.Ordinal);
        Assert.Equal(old.Fingerprint.ToString(), (await StatusAsync(controller)).GetProperty("ca_fingerprint").GetString());
        Assert.DoesNotContain(FakeController.Token, controller.Everything, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LoginTofu_SameAuthorityIsStored_GoesOnWithoutAQuestion(bool given)
    {
        await using FakeController controller = await StoredAsync(ca);

        CliRun run = await dana.RunAsync("auth", "login", given ? $"--tofu={ca.Fingerprint}" : "--tofu",
            "--server", controller.Address, "--token", FakeController.Token);

        Assert.Equal(ExitCode.Done, run.Exit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CaTrust_AuthorityWasReplaced_TakesTheNewOne(bool given)
    {
        using TestCa old = new("Old root");
        dana.Variables["UPTRAKIT_TOKEN"] = FakeController.Token;
        await using FakeController controller = await FakeController.StartAsync(ca);
        await StoreAsync(controller, old);
        Assert.Equal(ExitCode.TrustRefused, (await dana.RunAsync("auth", "status", "--server", controller.Address)).Exit);

        CliRun run = given
            ? await dana.RunAsync("auth", "ca", "trust", $"--tofu={ca.Fingerprint}", "--server", controller.Address)
            : await dana.AnswerAsync(ca.Words, "auth", "ca", "trust", "--server", controller.Address);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(ca.Fingerprint.ToString(), (await StatusAsync(controller)).GetProperty("ca_fingerprint").GetString());
    }

    [Fact]
    public async Task CaTrust_WrongFingerprint_KeepsTheStoredOne()
    {
        await using FakeController controller = await StoredAsync(ca);
        using TestCa other = new();

        CliRun run = await dana.RunAsync("auth", "ca", "trust", $"--tofu={other.Fingerprint}", "--server", controller.Address);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.Equal(ca.Fingerprint.ToString(), (await StatusAsync(controller)).GetProperty("ca_fingerprint").GetString());
    }

    [Fact]
    public async Task CaStatus_AfterTrustAndAfterForget_ShowsTheFingerprintAndNull()
    {
        await using FakeController controller = await StoredAsync(ca);

        CliRun stored = await dana.RunAsync("auth", "ca", "status", "-o", "json");
        CliRun human = await dana.RunAsync("auth", "ca", "status");
        CliRun forgot = await dana.RunAsync("auth", "ca", "forget", "--server", controller.Address);
        CliRun none = await dana.RunAsync("auth", "ca", "status", "--server", controller.Address, "-o", "json");

        Assert.Equal(ca.Fingerprint.ToString(), stored.Json.GetProperty("ca_fingerprint").GetString());
        Assert.Equal(ca.Words, stored.Json.GetProperty("ca_words").GetString());
        Assert.Contains(ca.Fingerprint.ToString(), human.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, forgot.Exit);
        Assert.Equal(JsonValueKind.Null, none.Json.GetProperty("ca_fingerprint").ValueKind);
    }

    [Fact]
    public async Task CaForget_MigrationToAPublicAuthority_VerifiesByTheRootsOfThisMachine()
    {
        using TestCa publicCa = new("A public root");
        dana.Roots = dana.FileWith(publicCa.Pem);
        dana.Variables["UPTRAKIT_TOKEN"] = FakeController.Token;
        await using FakeController controller = await FakeController.StartAsync(publicCa.ServerLeaf(), ca.Pem);
        await StoreAsync(controller, ca);
        CliRun before = await dana.RunAsync("auth", "status", "--server", controller.Address);

        CliRun forgot = await dana.RunAsync("auth", "ca", "forget", "--server", controller.Address);
        CliRun after = await dana.RunAsync("auth", "status", "--server", controller.Address, "-o", "json");

        Assert.Equal(ExitCode.TrustRefused, before.Exit);
        Assert.Contains("auth ca forget", before.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, forgot.Exit);
        Assert.Equal(ExitCode.Done, after.Exit);
        Assert.Equal("system", after.Json.GetProperty("trust").GetString());
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
    public async Task StoredAuthority_ServerUnderARootOfThisMachine_IsRefused()
    {
        using TestCa corporate = new("Inspecting proxy");
        dana.Roots = dana.FileWith(corporate.Pem);
        dana.Variables["UPTRAKIT_TOKEN"] = FakeController.Token;
        await using FakeController proxy = await FakeController.StartAsync(corporate.ServerLeaf(), ca.Pem);
        await StoreAsync(proxy, ca);

        CliRun run = await dana.RunAsync("services", "list", "--server", proxy.Address);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.Empty(proxy.Requests);
    }

    [Fact]
    public async Task CaStatus_AddressWithoutScheme_IsTheSameServer()
    {
        await using FakeController controller = await StoredAsync(ca);

        CliRun run = await dana.RunAsync("auth", "ca", "status", "--server", controller.Address["https://".Length..], "-o", "json");

        Assert.Equal(ca.Fingerprint.ToString(), run.Json.GetProperty("ca_fingerprint").GetString());
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

    private async Task<FakeController> StoredAsync(TestCa authority)
    {
        FakeController controller = await FakeController.StartAsync(authority);
        CliRun run = await dana.RunAsync("auth", "ca", "trust", $"--tofu={authority.Fingerprint}", "--server", controller.Address);
        Assert.Equal(ExitCode.Done, run.Exit);
        return controller;
    }

    /// <summary>As if the Controller at that address had been trusted under another authority before.</summary>
    private async Task StoreAsync(FakeController controller, TestCa authority)
    {
        await using FakeController before = await StoredAsync(authority);
        string config = await File.ReadAllTextAsync(dana.ConfigPath, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(dana.ConfigPath, config.Replace(before.Address, controller.Address, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
    }

    private async Task<JsonElement> StatusAsync(FakeController controller) =>
        (await dana.RunAsync("auth", "status", "--server", controller.Address, "-o", "json")).Json;
}
