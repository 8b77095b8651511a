using System.Text.Json;

namespace Uptrakit.Tests.Cli;

/// <summary>What each command asks of the API, and what it makes of the answer.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Service = "7c0b5b62-6f0e-4d19-8a53-0f2a5a1f7c11";
    private const string Key = "4f1c8a07d2b35e9960aa71c3e58f2d44b19e06c7738a5fd02e6b91c4a3d7f850";

    private const string ServiceJson = $$$"""
        {"id":"{{{Service}}}","friendly_name":"web-1","kind":"agent","state":"pending","key_fingerprint":"{{{Key}}}",
         "capabilities":["agent"],"version":"0.1.0","requested_at":"2026-03-01T11:00:00Z","enrolled_at":null,"last_seen_at":null,
         "connected":false,"trust":{"mode":"pin-fingerprint","anchors":["{{{Key}}}"],"public_roots":true,"native_roots":false,
         "skip_hostname":false},"certificate":null,"facts":null}
        """;

    private const string TokenJson = """
        {"id":"s-4be1f02a9c77d310","name":"rack-7","capabilities":["agent"],"uses":40,"uses_left":39,"state":"open",
         "created_at":"2026-03-01T11:00:00Z","created_by":"dana","expires_at":"2026-03-01T20:00:00Z","revoked_at":null}
        """;

    private const string UsersJson = """
        {"items":[{"id":"u/1","name":"dana","created_at":"2026-01-01T00:00:00Z","two_factor":true,"passkeys":1,"locked":false}]}
        """;

    private const string CertificatesJson = $$"""
        {"fingerprint":"{{Key}}","words":"a-b","authorities":[{"role":"root","state":"active","subject":"CN=Root",
         "fingerprint":"{{Key}}","not_before":"2026-01-01T00:00:00Z","not_after":"2046-01-01T00:00:00Z","live_certificates":3}],
         "server":{"source":"own","fingerprint":"{{Key}}","key_fingerprint":"{{Key}}","names":["h"],"not_after":"2026-05-01T00:00:00Z"},
         "rotation":{"kind":"root","step":"distributing","next_step":"activate","new_fingerprint":"{{Key}}","trusting":19,"total":20,
         "missing":["{{Service}}"]},"pki_address":null}
        """;

    private const string Ok = "";

    private readonly CliUser dana = new();
    private readonly ControllerCa ca = new();

    public static TheoryData<string, string, string> Requests => new()
    {
        { "services list", "GET /api/v1/services", "" },
        { $"services show {Service}", $"GET /api/v1/services/{Service}", "" },
        { $"services approve {Service} --key-fingerprint SHA256:{Key.ToUpperInvariant()}", $"POST /api/v1/services/{Service}/approve",
            $$"""{"key_fingerprint":"{{Key}}","capabilities":null}""" },
        { $"services approve {Service} --key-fingerprint {Key} --capability agent,updates", $"POST /api/v1/services/{Service}/approve",
            $$"""{"key_fingerprint":"{{Key}}","capabilities":["agent","updates"]}""" },
        { $"services reject {Service}", $"POST /api/v1/services/{Service}/reject", "" },
        { $"services revoke {Service} -y", $"POST /api/v1/services/{Service}/revoke", "" },
        { "enrollment-tokens list", "GET /api/v1/enrollment-tokens", "" },
        { "enrollment-tokens create", "POST /api/v1/enrollment-tokens",
            """{"name":null,"capabilities":null,"uses":null,"ttl_seconds":null,"pin":null,"addresses":null}""" },
        { "enrollment-tokens create --name rack-7 --uses 40 --ttl 8h --capability agent --capability mqtt --address h:8443 --no-pin",
            "POST /api/v1/enrollment-tokens",
            """{"name":"rack-7","capabilities":["agent","mqtt"],"uses":40,"ttl_seconds":28800,"pin":false,"addresses":["h:8443"]}""" },
        { "enrollment-tokens revoke s-4be1f02a9c77d310", "POST /api/v1/enrollment-tokens/s-4be1f02a9c77d310/revoke", "" },
        { "settings show", "GET /api/v1/settings", "" },
        { "settings set --public-address h:8443 --approval-without-token off", "PUT /api/v1/settings",
            """{"public_address":"h:8443","approval_without_token":false}""" },
        { "settings set --approval-without-token off", "PUT /api/v1/settings",
            """{"public_address":"old:8443","approval_without_token":false}""" },
        { "settings certificates show", "GET /api/v1/settings/certificates", "" },
        { "settings certificates rotate", "POST /api/v1/settings/certificates/rotate", """{"kind":"issuing","step":null,"force":false}""" },
        { "settings certificates rotate --root --step abandon", "POST /api/v1/settings/certificates/rotate", """{"kind":"root","step":"abandon","force":false}""" },
        { "settings rotate-ca --root --step retire --force -y", "POST /api/v1/settings/certificates/rotate",
            """{"kind":"root","step":"retire","force":true}""" },
        { "users list", "GET /api/v1/users", "" },
        { "users remove dana -y", "DELETE /api/v1/users/u%2F1", "" },
        { "api-tokens list", "GET /api/v1/api-tokens", "" },
        { "api-tokens create ci --ttl 90d", "POST /api/v1/api-tokens", """{"name":"ci","ttl_seconds":7776000}""" },
        { "api-tokens create ci", "POST /api/v1/api-tokens", """{"name":"ci","ttl_seconds":null}""" },
        { "api-tokens revoke ci", "DELETE /api/v1/api-tokens/k1", "" },
        { "audit list", "GET /api/v1/audit", "" },
        { "audit list --limit 5 --before 2026-03-01T12:00:00Z", "GET /api/v1/audit?limit=5&before=2026-03-01T12:00:00.0000000+00:00", "" },
    };

    public void Dispose()
    {
        dana.Dispose();
        ca.Dispose();
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Command_AgainstTheApi_SendsItsRequestAsTheCaller(string line, string request, string body)
    {
        await using FakeController controller = await ControllerAsync();

        CliRun run = await dana.RunAsync(line.Split(' '));

        Assert.True(run.Exit is ExitCode.Done, run.Error);
        Arrived arrived = controller.Requests[^1];
        Assert.Equal(request, arrived.Line);
        Assert.Equal(body, arrived.Body);
        Assert.Equal($"Bearer {FakeController.Token}", arrived.Authorization);
        Assert.Equal("HTTP/2", arrived.Protocol);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Command_JsonWanted_PrintsOneDocumentOrNothing(string line, string request, string body)
    {
        await using FakeController controller = await ControllerAsync();

        CliRun run = await dana.RunAsync([.. line.Split(' '), "-o", "json"]);

        Assert.True(run.Exit is ExitCode.Done, run.Error + request + body);
        Assert.True(run.Out.Length == 0 || run.Json.ValueKind is JsonValueKind.Object);
    }

    [Fact]
    public async Task UsersCreate_PasswordFromStandardInput_IsInTheBodyOnly()
    {
        await using FakeController controller = await ControllerAsync();

        CliRun run = await dana.PipeAsync("correct horse\n", "users", "create", "erin", "--password-file", "-");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal("""{"name":"erin","password":"correct horse"}""", controller.Requests[^1].Body);
        Assert.DoesNotContain("horse", run.Out + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnrollmentTokensCreate_ForPeople_PutsTheTokenAloneOnStandardOutput()
    {
        await using FakeController controller = await ControllerAsync();

        CliRun run = await dana.RunAsync("enrollment-tokens", "create");

        Assert.Equal("upt1_secret\n", run.Out);
        Assert.Contains("39 of 40 uses", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServicesList_ForPeople_ShowsTheWholeKeyOfWhoWaits()
    {
        await using FakeController controller = await ControllerAsync();

        CliRun run = await dana.RunAsync("services", "list");

        Assert.Contains("web-1", run.Lines[1], StringComparison.Ordinal);
        Assert.Contains(Key, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServicesShow_NameWithEscapeSequences_ShowsThemHarmless()
    {
        await using FakeController controller = await ControllerAsync();
        controller.Answer($"GET /api/v1/services/{Service}", 200, ServiceJson.Replace("web-1", "\\u001b[2Jweb\\u202e", StringComparison.Ordinal));

        CliRun run = await dana.RunAsync("services", "show", Service);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.DoesNotContain('\u001b', run.Out);
        Assert.DoesNotContain('\u202e', run.Out);
    }

    [Theory]
    [InlineData("services revoke " + Service)]
    [InlineData("users remove dana")]
    [InlineData("settings rotate-ca --root --step retire --force")]
    public async Task Command_ThatCannotBeUndone_AsksAndDoesNothingWithoutAnAnswer(string line)
    {
        await using FakeController controller = await ControllerAsync();

        CliRun nobody = await dana.RunAsync(line.Split(' '));
        CliRun no = await dana.AnswerAsync("n", line.Split(' '));

        Assert.Equal(ExitCode.Usage, nobody.Exit);
        Assert.Contains("-y", nobody.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, no.Exit);
        Assert.DoesNotContain(controller.Lines, request => request.StartsWith("DELETE", StringComparison.Ordinal)
            || request.EndsWith("/revoke", StringComparison.Ordinal) || request.EndsWith("/rotate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(400, "invalid", ExitCode.Usage)]
    [InlineData(401, "unauthenticated", ExitCode.Failed)]
    [InlineData(403, "forbidden", ExitCode.Failed)]
    [InlineData(404, "not_found", ExitCode.Failed)]
    [InlineData(409, "coverage_incomplete", ExitCode.Failed)]
    [InlineData(429, "too_many", ExitCode.Failed)]
    [InlineData(500, "failed", ExitCode.Failed)]
    public async Task Command_RefusedByTheApi_SaysItsWords(int status, string code, ExitCode exit)
    {
        await using FakeController controller = await ControllerAsync();
        controller.Answer("GET /api/v1/audit", status,
            $$"""{"title":"It \u001b[1mcannot be.","status":{{status}},"code":"{{code}}","detail":"Because."}""");

        CliRun run = await dana.RunAsync("audit", "list");

        Assert.Equal(exit, run.Exit);
        Assert.Contains("cannot be.: Because.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Error);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData(200, "<html>", ExitCode.Failed, "something else than the API")]
    [InlineData(302, "", ExitCode.Failed, "sends callers elsewhere")]
    [InlineData(403, "<html>", ExitCode.Failed, "you may not do that")]
    [InlineData(503, "<html>", ExitCode.Unreachable, "HTTP 503")]
    public async Task Command_AnsweredBySomethingElse_SaysSo(int status, string body, ExitCode exit, string words)
    {
        await using FakeController controller = await ControllerAsync();
        controller.Answer("GET /api/v1/audit", status, body);

        CliRun run = await dana.RunAsync("audit", "list");

        Assert.Equal(exit, run.Exit);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_AnswerWithoutEnd_IsCutOff()
    {
        await using FakeController controller = await ControllerAsync();
        controller.Answer("GET /api/v1/audit", 200, new string(' ', 5 << 20));

        CliRun run = await dana.RunAsync("audit", "list");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("more than 4 MiB", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_NoAnswerInTime_IsUnreachable()
    {
        await using FakeController controller = await ControllerAsync();
        using ManualResetEventSlim never = new();
        controller.Answer("GET /api/v1/audit", _ =>
        {
            never.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            return (200, "");
        });

        CliRun run = await dana.RunAsync("audit", "list", "--timeout", "500ms");
        never.Set();

        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Contains("within 500ms", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_NobodyListens_IsUnreachable()
    {
        FakeController controller = await ControllerAsync();
        await controller.DisposeAsync();

        CliRun run = await dana.RunAsync("audit", "list");

        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Contains("nobody listens", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiTokensRevoke_TwoOfOneName_AsksForTheId()
    {
        await using FakeController controller = await ControllerAsync();
        controller.Answer("GET /api/v1/api-tokens", 200, """
            {"items":[{"id":"k1","name":"ci","owner":"dana","created_at":"2026-01-01T00:00:00Z","expires_at":null,"last_used_at":null},
                      {"id":"k2","name":"ci","owner":"dana","created_at":"2026-01-01T00:00:00Z","expires_at":null,"last_used_at":null}]}
            """);

        CliRun run = await dana.RunAsync("api-tokens", "revoke", "ci");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.DoesNotContain(controller.Lines, line => line.StartsWith("DELETE", StringComparison.Ordinal));
    }

    private async Task<FakeController> ControllerAsync()
    {
        FakeController controller = await FakeController.StartAsync(ca);
        await dana.RunAsync("auth", "ca", "trust", $"--tofu={ca.Fingerprint}", "--server", controller.Address);
        dana.Variables["UPTRAKIT_SERVER"] = controller.Address;
        dana.Variables["UPTRAKIT_TOKEN"] = FakeController.Token;
        string settings = """{"public_address":"old:8443","approval_without_token":true}""";
        foreach ((string line, int status, string body) in new (string, int, string)[]
        {
            ("GET /api/v1/services", 200, $$"""{"items":[{{ServiceJson}}]}"""),
            ($"GET /api/v1/services/{Service}", 200, ServiceJson),
            ($"POST /api/v1/services/{Service}/approve", 200, ServiceJson),
            ($"POST /api/v1/services/{Service}/reject", 204, Ok),
            ($"POST /api/v1/services/{Service}/revoke", 204, Ok),
            ("GET /api/v1/enrollment-tokens", 200, $$"""{"items":[{{TokenJson}}]}"""),
            ("POST /api/v1/enrollment-tokens", 201, $$"""{"token":"upt1_secret","view":{{TokenJson}}}"""),
            ("POST /api/v1/enrollment-tokens/s-4be1f02a9c77d310/revoke", 204, Ok),
            ("GET /api/v1/settings", 200, settings),
            ("PUT /api/v1/settings", 200, settings),
            ("GET /api/v1/settings/certificates", 200, CertificatesJson),
            ("POST /api/v1/settings/certificates/rotate", 200, CertificatesJson),
            ("GET /api/v1/users", 200, UsersJson),
            ("POST /api/v1/users", 201, """{"id":"u2","name":"erin","created_at":"2026-01-01T00:00:00Z","two_factor":false,"passkeys":0,"locked":false}"""),
            ("DELETE /api/v1/users/u%2F1", 204, Ok),
            ("GET /api/v1/api-tokens", 200, """{"items":[{"id":"k1","name":"ci","owner":"dana","created_at":"2026-01-01T00:00:00Z","expires_at":null,"last_used_at":null}]}"""),
            ("POST /api/v1/api-tokens", 201, """{"token":"upk_new","view":{"id":"k2","name":"ci","owner":"dana","created_at":"2026-01-01T00:00:00Z","expires_at":null,"last_used_at":null}}"""),
            ("DELETE /api/v1/api-tokens/k1", 204, Ok),
            ("GET /api/v1/audit", 200, """{"items":[{"at":"2026-01-01T00:00:00Z","actor":"dana","action":"user.create","subject":"erin","detail":null}]}"""),
        })
        {
            controller.Answer(line, status, body);
        }
        return controller;
    }
}
