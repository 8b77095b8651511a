using System.Text.Json;

namespace Uptrakit.Tests.Cli;

/// <summary>What a stored authority means: a login never replaces it, `auth ca trust` does, `auth ca forget` removes it.</summary>
public sealed class StoredTrustTests : IDisposable
{
    private readonly CliUser dana = new();
    private readonly ControllerCa ca = new();

    public void Dispose()
    {
        dana.Dispose();
        ca.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LoginTofu_StoredAuthorityIsAnother_RefusesEvenWithTheRightFingerprint(bool given)
    {
        using ControllerCa old = new("Old root");
        await using FakeController controller = await StoredAsync(old);
        controller.Bundle = ca.Pem;

        CliRun run = await dana.AnswerAsync(ca.Words, "auth", "login", given ? $"--tofu={ca.Fingerprint}" : "--tofu",
            "--server", controller.Address, "--token", FakeController.Token);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.Contains("uptrakit auth ca trust", run.Error, StringComparison.Ordinal);
        Assert.Equal(old.Fingerprint.ToString(), (await StatusAsync(controller)).GetProperty("ca_fingerprint").GetString());
        Assert.DoesNotContain(FakeController.Token, controller.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoginTofu_BothAuthoritiesServedAndTheOtherOneGiven_Refuses()
    {
        using ControllerCa next = new("Next root");
        await using FakeController controller = await StoredAsync(ca);
        controller.Bundle = next.Pem + ca.Pem;

        CliRun run = await dana.RunAsync("auth", "login", $"--tofu={next.Fingerprint}", "--server", controller.Address,
            "--token", FakeController.Token);

        Assert.Equal(ExitCode.TrustRefused, run.Exit);
        Assert.Contains("uptrakit auth ca trust", run.Error, StringComparison.Ordinal);
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
        using ControllerCa old = new("Old root");
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
        using ControllerCa other = new();

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
        using ControllerCa publicCa = new("A public root");
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
    public async Task StoredAuthority_ServerUnderARootOfThisMachine_IsRefused()
    {
        using ControllerCa corporate = new("Inspecting proxy");
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

    private async Task<FakeController> StoredAsync(ControllerCa authority)
    {
        FakeController controller = await FakeController.StartAsync(authority);
        CliRun run = await dana.RunAsync("auth", "ca", "trust", $"--tofu={authority.Fingerprint}", "--server", controller.Address);
        Assert.Equal(ExitCode.Done, run.Exit);
        return controller;
    }

    /// <summary>As if the Controller at that address had been trusted under another authority before.</summary>
    private async Task StoreAsync(FakeController controller, ControllerCa authority)
    {
        await using FakeController before = await StoredAsync(authority);
        string config = await File.ReadAllTextAsync(dana.ConfigPath, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(dana.ConfigPath, config.Replace(before.Address, controller.Address, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
    }

    private async Task<JsonElement> StatusAsync(FakeController controller) =>
        (await dana.RunAsync("auth", "status", "--server", controller.Address, "-o", "json")).Json;
}
