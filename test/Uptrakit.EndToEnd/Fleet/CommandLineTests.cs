using System.Text.Json;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>`uptrakit` at work with a real Controller that was set up without a browser.</summary>
public sealed class CommandLineTests(OperatedController shared) : FleetTest, IClassFixture<OperatedController>
{
    private ControllerProcess hub = null!;
    private CliUser dana = null!;
    private string root = null!;
    private string token = null!;

    public override async ValueTask InitializeAsync() => await UseAsync(shared);

    [Fact]
    public async Task FirstDay_OfAnOperator_FromTrustToAnEnrolledService()
    {
        (await dana.RunAsync(Cancel, "auth", "ca", "trust", $"--tofu={root}")).Expect(0);
        (await dana.RunAsync(Cancel, "auth", "login", "--token-file", token)).Expect(0);
        Assert.Equal((UnixFileMode)Convert.ToInt32("600", 8), File.GetUnixFileMode(dana.ConfigFile));

        JsonElement status = (await dana.RunAsync(Cancel, "auth", "status", "-o", "json")).Expect(0).Json();
        Assert.Equal((root, true, "stored-ca", "dana"), (status.GetProperty("ca_fingerprint").GetString(), status.GetProperty("signed_in").GetBoolean(),
            status.GetProperty("trust").GetString(), status.GetProperty("user").GetString()));

        string enrollment = (await dana.RunAsync(Cancel, "enrollment-tokens", "create", "--name", "web-1")).Expect(0).Output.Trim();
        ServiceProcess agent = NewService();
        agent.Launch(enrollment, "--enrollment-token-file", "-", "--friendly-name", "web-1");
        await agent.ConnectedAsync(Cancel);

        string listed = (await dana.RunAsync(Cancel, "services", "list", "-o", "yaml")).Expect(0).Output;
        // Quoted where a reader of YAML would take it for a number, like 68e7….
        Assert.Matches($"id: \"?{IdOf(agent)}\"?\n", listed);
        Assert.Matches("friendly_name: \"?web-1", listed);

        (await dana.RunAsync(Cancel, "services", "revoke", IdOf(agent), "-y")).Expect(0);
        Assert.Equal(3, await agent.WaitForExitAsync(Cancel));
    }

    [Fact]
    public async Task Insecure_OverridesStoredTrust_AndTheFingerprintIsNull()
    {
        (await dana.RunAsync(Cancel, "auth", "login", $"--tofu={root}", "--token-file", token)).Expect(0);

        Ran ran = (await dana.RunAsync(Cancel, "--insecure", "auth", "status", "-o", "json")).Expect(0);

        Assert.Equal(JsonValueKind.Null, ran.Json().GetProperty("ca_fingerprint").ValueKind);
        Assert.Equal("insecure", ran.Json().GetProperty("trust").GetString());
        Assert.Contains("WARN", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwnCa_WithoutTrust_IsRefused()
    {
        Ran refused = (await dana.RunAsync(Cancel, "auth", "login", "--token-file", token)).Expect(3);
        Assert.DoesNotContain(await File.ReadAllTextAsync(token, Cancel), refused.Errors, StringComparison.Ordinal);
        (await dana.RunAsync(Cancel, "auth", "ca", "trust", $"--tofu={new string('e', 64)}")).Expect(3);
        Assert.False(File.Exists(dana.ConfigFile) && (await File.ReadAllTextAsync(dana.ConfigFile, Cancel)).Contains("pem", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RotateCa_OfTheRoot_KeepsCommandLinesUntilItIsRetired()
    {
        await using OperatedController own = new();
        await own.InitializeAsync();
        await UseAsync(own);
        (await dana.RunAsync(Cancel, "auth", "login", $"--tofu={root}", "--token-file", token)).Expect(0);
        foreach (string step in (string[])["prepare", "distribute", "activate"])
            (await dana.RunAsync(Cancel, "settings", "rotate-ca", "--root", "--step", step, "-y")).Expect(0);
        (await dana.RunAsync(Cancel, "services", "list")).Expect(0);

        string next = await hub.FingerprintAsync(Cancel);
        Assert.NotEqual(root, next);
        (await dana.RunAsync(Cancel, "settings", "rotate-ca", "--root", "--step", "retire", "-y")).Expect(0);
        (await dana.RunAsync(Cancel, "services", "list")).Expect(3);

        (await dana.RunAsync(Cancel, "auth", "ca", "trust", $"--tofu={next}")).Expect(0);
        (await dana.RunAsync(Cancel, "services", "list")).Expect(0);
        Assert.Contains(next, (await dana.RunAsync(Cancel, "auth", "ca", "status")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Controller_Reinstalled_IsTrustedAgainByCaTrustAndByNothingElse()
    {
        await using OperatedController own = new();
        await own.InitializeAsync();
        await UseAsync(own);
        (await dana.RunAsync(Cancel, "auth", "login", $"--tofu={root}", "--token-file", token)).Expect(0);
        await hub.StopAsync(Cancel);
        Directory.Delete(hub.Folder, recursive: true);
        await SharedController.StartAsync(hub, Cancel);
        string other = await hub.FingerprintAsync(Cancel);
        string fresh = await own.SetUpAsync();

        (await dana.RunAsync(Cancel, "services", "list")).Expect(3);
        // "deliberately fails when a stored CA differs from the fetched one, even when an explicit fingerprint is supplied"
        (await dana.RunAsync(Cancel, "auth", "login", $"--tofu={other}", "--token-file", fresh)).Expect(3);
        Assert.Contains(root, (await dana.RunAsync(Cancel, "auth", "ca", "status")).Expect(0).Output, StringComparison.Ordinal);

        (await dana.RunAsync(Cancel, "auth", "ca", "trust", $"--tofu={other}")).Expect(0);
        (await dana.RunAsync(Cancel, "auth", "login", "--token-file", fresh)).Expect(0);
        (await dana.RunAsync(Cancel, "services", "list")).Expect(0);

        (await dana.RunAsync(Cancel, "auth", "ca", "forget")).Expect(0);
        (await dana.RunAsync(Cancel, "services", "list")).Expect(3);
    }

    [Fact]
    public async Task TrustExplain_OfALiveController_SaysItsAnchorAndNeedsNoSecret()
    {
        (await dana.RunAsync(Cancel, "auth", "ca", "trust", $"--tofu={root}")).Expect(0);
        Assert.Contains(root, (await dana.RunAsync(Cancel, "trust", "explain")).Expect(0).Output, StringComparison.Ordinal);

        CliUser stranger = new(Scratch["stranger"], hub.Url);
        Ran refused = (await stranger.RunAsync(Cancel, "trust", "explain")).Expect(3);
        // What an unverified server shows must not be there to be copied.
        Assert.DoesNotContain(root, refused.Output + refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_AtTheAddress_IsUnreachable() =>
        (await new CliUser(Scratch["away"], $"https://localhost:{Ports.Free()}").RunAsync(Cancel, "--token", "upk_x", "--insecure", "services", "list")).Expect(4);

    private async Task UseAsync(OperatedController controller)
    {
        (hub, token) = (controller.Process, controller.Token);
        root = await hub.FingerprintAsync(Cancel);
        dana = new CliUser(Scratch[$"dana-{hub.Port}"], hub.Url);
    }
}
