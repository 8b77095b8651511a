using System.Text.Json;

namespace Uptrakit.Tests.Cli;

public sealed class AuthTests : IDisposable
{
    private readonly CliUser dana = new();
    private readonly ControllerCa ca = new();

    public void Dispose()
    {
        dana.Dispose();
        ca.Dispose();
    }

    [Fact]
    public async Task Login_InTheBrowser_AsksAsOftenAndAsSlowlyAsTheServerSays()
    {
        await using FakeController controller = await TrustedAsync();
        controller.AnswerDevice();
        Queue<(int, string)> answers = new(
        [
            (400, """{"error":"authorization_pending"}"""),
            (400, """{"error":"slow_down"}"""),
            (503, "busy"),
            (200, $$"""{"access_token":"{{FakeController.Token}}","refresh_token":"refresh-1","expires_in":900}"""),
        ]);
        controller.Answer("POST /connect/token", _ => answers.Dequeue());

        CliRun run = await dana.RunAsync("auth", "login");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal([5, 5, 10, 20], run.Pauses.Select(pause => pause.TotalSeconds));
        Arrived asked = controller.Requests.First(request => request.Line == "POST /connect/token");
        Assert.Equal("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=the-device-code&client_id=uptrakit-cli",
            asked.Body);
        JsonElement token = dana.Config.GetProperty("servers").GetProperty(controller.Address).GetProperty("token");
        Assert.Equal("device", token.GetProperty("kind").GetString());
        Assert.Equal(CliRun.Now.AddSeconds(900), token.GetProperty("expires_at").GetDateTimeOffset());
        Assert.DoesNotContain(FakeController.Token, run.Out + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":"access_denied"}""", "refused in the browser")]
    [InlineData("""{"error":"expired_token"}""", "nobody entered the code in time")]
    [InlineData("""{"error":"authorization_pending"}""", "nobody entered the code in time")]
    [InlineData("""{"error":"invalid_client"}""", "invalid_client")]
    public async Task Login_InTheBrowser_EndsInWordsWhenItIsNotLetIn(string answer, string words)
    {
        await using FakeController controller = await TrustedAsync();
        controller.AnswerDevice();
        controller.Answer("POST /connect/token", 400, answer);

        CliRun run = await dana.RunAsync("auth", "login");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, Stored(controller).GetProperty("token").ValueKind);
    }

    [Theory]
    [InlineData("argument")]
    [InlineData("file")]
    [InlineData("standard input")]
    [InlineData("environment")]
    public async Task Login_TokenGiven_IsVerifiedAndStored(string how)
    {
        await using FakeController controller = await TrustedAsync();
        if (how == "environment")
            dana.Variables["UPTRAKIT_TOKEN"] = FakeController.Token;

        CliRun run = how switch
        {
            "argument" => await dana.RunAsync("auth", "login", "--token", FakeController.Token),
            "file" => await dana.RunAsync("auth", "login", "--token-file", dana.FileWith(FakeController.Token + "\n")),
            "standard input" => await dana.PipeAsync(FakeController.Token + "\n", "auth", "login", "--token-file", "-"),
            _ => await dana.RunAsync("auth", "login"),
        };

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Contains("as dana", run.Out, StringComparison.Ordinal);
        Assert.Equal("api", Stored(controller).GetProperty("token").GetProperty("kind").GetString());
        Assert.DoesNotContain(FakeController.Token, run.Out + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_TokenThatTheControllerDoesNotKnow_IsNotStored()
    {
        await using FakeController controller = await TrustedAsync();

        CliRun run = await dana.RunAsync("auth", "login", "--token", "upk_wrong");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("auth login", run.Error, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, Stored(controller).GetProperty("token").ValueKind);
    }

    [Theory]
    [InlineData("upt1_abcdef", "enrollment token")]
    [InlineData("two words", "not a token")]
    [InlineData("line\nbreak", "more than one line")]
    public async Task Login_WhatIsNoToken_IsNotSentAndNotRepeated(string token, string words)
    {
        await using FakeController controller = await TrustedAsync();
        int before = controller.Requests.Count;

        CliRun run = await dana.PipeAsync(token, "auth", "login", "--token-file", "-");

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("abcdef", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, controller.Requests.Count);
    }

    [Fact]
    public async Task AnyCommand_AccessTokenHasExpired_IsRenewedAndKept()
    {
        await using FakeController controller = await SignedInAsync();
        controller.Answer("GET /api/v1/services", request => request.Authorization == "Bearer second"
            ? (200, """{"items":[]}""")
            : (401, "{}"));
        controller.Answer("POST /connect/token", 200, """{"access_token":"second","refresh_token":"refresh-2","expires_in":900}""");
        dana.Now = CliRun.Now.AddHours(2);

        CliRun run = await dana.RunAsync("services", "list");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal("grant_type=refresh_token&refresh_token=refresh-1&client_id=uptrakit-cli", controller.Requests[^2].Body);
        Assert.Equal("Bearer second", controller.Requests[^1].Authorization);
        Assert.Equal("refresh-2", Stored(controller).GetProperty("token").GetProperty("refresh").GetString());
    }

    [Fact]
    public async Task AnyCommand_TokenWasEndedEarly_IsRenewedOnce()
    {
        await using FakeController controller = await SignedInAsync();
        controller.Answer("GET /api/v1/services", 401, """{"title":"Ended.","status":401,"code":"unauthenticated"}""");
        controller.Answer("POST /connect/token", 200, """{"access_token":"second","expires_in":900}""");

        CliRun run = await dana.RunAsync("services", "list");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Equal(2, controller.Lines.Count(line => line == "GET /api/v1/services"));
        Assert.Equal("refresh-1", Stored(controller).GetProperty("token").GetProperty("refresh").GetString());
    }

    [Fact]
    public async Task AnyCommand_LoginHasEnded_SaysHowToSignInAgain()
    {
        await using FakeController controller = await SignedInAsync();
        controller.Answer("POST /connect/token", 400, """{"error":"invalid_grant","error_description":"The token is no longer valid."}""");
        dana.Now = CliRun.Now.AddDays(40);

        CliRun run = await dana.RunAsync("services", "list");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("uptrakit auth login", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_SignedIn_TellsUserTokenAndAuthority()
    {
        await using FakeController controller = await SignedInAsync();

        CliRun run = await dana.RunAsync("auth", "status", "-o", "json");
        CliRun human = await dana.RunAsync("auth", "status");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(controller.Address, run.Json.GetProperty("server").GetString());
        Assert.Equal("stored-ca", run.Json.GetProperty("trust").GetString());
        Assert.Equal(ca.Fingerprint.ToString(), run.Json.GetProperty("ca_fingerprint").GetString());
        Assert.False(run.Json.GetProperty("insecure").GetBoolean());
        Assert.True(run.Json.GetProperty("signed_in").GetBoolean());
        Assert.Equal("dana", run.Json.GetProperty("user").GetString());
        Assert.Equal("device", run.Json.GetProperty("token_kind").GetString());
        Assert.Contains("as dana", human.Out, StringComparison.Ordinal);
        Assert.Contains("device, ends in 1h", human.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_Insecure_HasNoFingerprintAndSendsNoStoredToken()
    {
        await using FakeController controller = await SignedInAsync();
        int before = controller.Requests.Count;

        CliRun run = await dana.RunAsync("auth", "status", "--insecure", "-o", "json");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("ca_fingerprint").ValueKind);
        Assert.True(run.Json.GetProperty("insecure").GetBoolean());
        Assert.Contains("WARN", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, controller.Requests.Count);
    }

    [Fact]
    public async Task Insecure_AnyCommand_AcceptsAnyCertificateWarnsAndSendsWhatIsGivenOnly()
    {
        using ControllerCa other = new();
        await using FakeController controller = await SignedInAsync();
        await using FakeController stranger = await FakeController.StartAsync(other.ServerLeaf("elsewhere.example.org", CliRun.Now.AddHours(-1)), "");
        stranger.Answer("GET /api/v1/services", 200, """{"items":[]}""");
        dana.Variables["UPTRAKIT_SERVER"] = stranger.Address;
        await File.WriteAllTextAsync(dana.ConfigPath,
            (await File.ReadAllTextAsync(dana.ConfigPath, TestContext.Current.CancellationToken)).Replace(controller.Address, stranger.Address, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        CliRun verified = await dana.RunAsync("services", "list");
        CliRun stored = await dana.RunAsync("services", "list", "--insecure");
        CliRun given = await dana.RunAsync("services", "list", "--insecure", "--token", "upk_given");

        Assert.Equal(ExitCode.TrustRefused, verified.Exit);
        Assert.Equal(ExitCode.Failed, stored.Exit);
        Assert.Contains("leave out --insecure", stored.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, given.Exit);
        Assert.All([stored, given], run => Assert.Single(run.Error.Split('\n'), line => line.StartsWith("WARN", StringComparison.Ordinal)));
        Assert.Equal("Bearer upk_given", Assert.Single(stranger.Requests).Authorization);
    }

    [Theory]
    [InlineData("auth login --tofu=e3676c6137dada24f41974e2fb62546dadc2c6d6b831e4bb2635393218c64ce4 --insecure")]
    [InlineData("auth ca trust --insecure")]
    public async Task Insecure_WithTofu_IsAContradiction(string line)
    {
        CliRun run = await dana.RunAsync([.. line.Split(' '), "--server", "127.0.0.1:1"]);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("--insecure verifies nothing", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logout_SignedIn_RevokesForgetsAndKeepsTheAuthority()
    {
        await using FakeController controller = await SignedInAsync();

        CliRun run = await dana.RunAsync("auth", "logout");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(["token=refresh-1&token_type_hint=refresh_token&client_id=uptrakit-cli",
            $"token={FakeController.Token}&token_type_hint=access_token&client_id=uptrakit-cli"],
            controller.Requests.Where(request => request.Line == "POST /connect/revoke").Select(request => request.Body));
        Assert.Equal(JsonValueKind.Null, Stored(controller).GetProperty("token").ValueKind);
        Assert.Equal(JsonValueKind.Object, Stored(controller).GetProperty("ca").ValueKind);
    }

    [Fact]
    public async Task Logout_ControllerIsGone_ForgetsAllTheSameAndSaysSo()
    {
        FakeController controller = await SignedInAsync();
        await controller.DisposeAsync();

        CliRun run = await dana.RunAsync("auth", "logout");

        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Contains("not revoked", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh-1", await File.ReadAllTextAsync(dana.ConfigPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_SecondController_BecomesTheDefault()
    {
        await using FakeController first = await SignedInAsync();
        await using FakeController second = await FakeController.StartAsync(ca);

        await dana.RunAsync("auth", "login", $"--tofu={ca.Fingerprint}", "--server", second.Address, "--token", FakeController.Token);
        CliRun run = await dana.RunAsync("auth", "status", "-o", "json");

        Assert.Equal(second.Address, run.Json.GetProperty("server").GetString());
        Assert.Equal("device", Stored(first).GetProperty("token").GetProperty("kind").GetString());
    }

    private JsonElement Stored(FakeController controller) => dana.Config.GetProperty("servers").GetProperty(controller.Address);

    private async Task<FakeController> TrustedAsync()
    {
        FakeController controller = await FakeController.StartAsync(ca);
        CliRun run = await dana.RunAsync("auth", "ca", "trust", $"--tofu={ca.Fingerprint}", "--server", controller.Address);
        Assert.Equal(ExitCode.Done, run.Exit);
        return controller;
    }

    private async Task<FakeController> SignedInAsync()
    {
        FakeController controller = await TrustedAsync();
        controller.AnswerDevice(pending: 0);
        Assert.Equal(ExitCode.Done, (await dana.RunAsync("auth", "login")).Exit);
        return controller;
    }
}
