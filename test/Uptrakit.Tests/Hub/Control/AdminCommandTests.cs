using System.Text.Json;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Commands;
using Uptrakit.Controller.Inventory;
using Uptrakit.Tests.Fleet;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Files;

namespace Uptrakit.Tests.Hub.Control;

public sealed class AdminCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fingerprint_IsThatOfTheRoot_AsTextWordsAndJson()
    {
        await using TestController controller = await TestController.StartAsync();
        CertificateFingerprint root = CertificateFingerprint.Of(controller.Root);

        Assert.Equal(root.ToString(), (await RunAsync(controller, "ca", "fingerprint")).Expect(0));
        Assert.Equal(FingerprintWords.Of(root), (await RunAsync(controller, "ca", "fingerprint", "--words")).Expect(0));
        using JsonDocument json = JsonDocument.Parse((await RunAsync(controller, "ca", "fingerprint", "--json")).Expect(0));
        Assert.Equal(root.ToString(), json.RootElement.GetProperty("fingerprint").GetString());
    }

    [Fact]
    public async Task Token_MadeOnTheHost_EnrollsAndCarriesThePin()
    {
        await using TestController controller = await TestController.StartAsync();

        string text = (await RunAsync(controller, "create-enrollment-token", "--name", "web", "--ttl", "2h", "--address", "127.0.0.1:" + controller.Port)).Expect(0);
        Assert.True(ServiceToken.TryParse(text, out ServiceToken? token, out _));
        using TestService service = new(controller);

        Assert.NotNull((await service.EnrollAsync(token, Cancel)).Enrolled);
        Assert.Equal(CertificateFingerprint.Of(controller.Root), token.Pin);
        Assert.Equal(controller.Port, Assert.Single(token.Addresses).Port);
        Assert.Contains(service.Id.ToString("D"), (await RunAsync(controller, "services", "list")).Expect(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_WithoutPinAsJson_HasTheSecretAndTheView()
    {
        await using TestController controller = await TestController.StartAsync();

        string text = (await RunAsync(controller, "create-enrollment-token", "--no-pin", "--uses", "5", "--capability", "agent,mqtt", "--json")).Expect(0);
        CreatedEnrollmentToken created = JsonSerializer.Deserialize(text, ApiJson.Default.CreatedEnrollmentToken)!;

        Assert.True(ServiceToken.TryParse(created.Token, out ServiceToken? token, out _));
        Assert.Null(token.Pin);
        Assert.Equal(5, created.View.Uses);
        Assert.Equal(["agent", "mqtt"], created.View.Capabilities);
        Assert.StartsWith("local:", created.View.CreatedBy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--capability", "root")]
    [InlineData("--uses", "0")]
    [InlineData("--ttl", "200h")]
    [InlineData("--ttl", "1s")]
    public async Task Token_BadValue_IsWrongUsage(string option, string value)
    {
        await using TestController controller = await TestController.StartAsync();

        (await RunAsync(controller, "create-enrollment-token", option, value)).Expect(2);

        Assert.Empty((await controller.Get<EnrollmentTokens>().ListAsync(Cancel)).Items);
    }

    [Fact]
    public async Task Approve_AnotherFingerprint_IsTrustRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        using TestService service = new(controller);
        using TestKey other = new();
        await service.EnrollAsync(null, Cancel);
        string id = Assert.Single((await controller.Get<ServiceRegistry>().ListAsync(Cancel)).Items).Id;

        Answer refused = await RunAsync(controller, "services", "approve", id, "--fingerprint", other.Pin.ToString());
        refused.Expect(3);
        (await RunAsync(controller, "services", "approve", id, "--fingerprint", service.Key.ToString())).Expect(0);

        Assert.DoesNotContain(service.Key.ToString(), refused.Words, StringComparison.Ordinal);
        Assert.NotNull((await service.EnrollAsync(null, Cancel)).Enrolled);
        (await RunAsync(controller, "services", "revoke", id)).Expect(0);
        (await RunAsync(controller, "services", "revoke", Guid.NewGuid().ToString())).Expect(1);
    }

    [Fact]
    public async Task Rotate_StepByStep_SaysWhatComesNext()
    {
        await using TestController controller = await TestController.StartAsync();
        string before = (await RunAsync(controller, "ca", "fingerprint")).Expect(0);

        Assert.Contains("activate it next", (await RunAsync(controller, "ca", "rotate")).Words, StringComparison.Ordinal);
        (await RunAsync(controller, "ca", "rotate")).Expect(0);
        (await RunAsync(controller, "ca", "rotate")).Expect(0);
        (await RunAsync(controller, "ca", "rotate", "--root", "--step", "activate")).Expect(1);
        foreach (string step in new[] { "prepare", "distribute", "activate", "retire" })
            (await RunAsync(controller, "ca", "rotate", "--root", "--step", step)).Expect(0);

        Assert.NotEqual(before, (await RunAsync(controller, "ca", "fingerprint")).Expect(0));
    }

    [Fact]
    public async Task Socket_IsItsUsersAlone()
    {
        await using TestController controller = await TestController.StartAsync();

        Assert.Equal(DurableFile.OwnerOnly, File.GetUnixFileMode(Path.Combine(controller.Folder, "control.sock")));
    }

    [Fact]
    public async Task NoController_IsUnreachable()
    {
        using Shared.ScratchFolder folder = new();

        (await RunAsync(folder.Path, "ca", "fingerprint")).Expect(4);
    }

    [Fact]
    public async Task User_MadeOnTheHost_OwnsATokenThatTheApiTakes()
    {
        await using TestController controller = await TestController.StartAsync();
        string password = Path.Combine(controller.Folder, "password");
        await File.WriteAllTextAsync(password, "correct horse battery\n", Cancel);
        File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        (await RunAsync(controller, "create-user", "dana", "--password-file", password)).Expect(0);
        string token = (await RunAsync(controller, "create-api-token", "ci", "--user", "dana", "--ttl", "1h")).Expect(0);

        using HttpClient api = controller.Http(token);
        using JsonDocument me = JsonDocument.Parse(await api.GetStringAsync("/api/v1/me", Cancel));
        Assert.Equal("dana", me.RootElement.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(2, "create-user", "dana")]
    [InlineData(2, "create-user", "dana", "--password-file", "/nonexistent/password")]
    [InlineData(2, "create-api-token", "ci", "--ttl", "soon")]
    [InlineData(1, "create-api-token", "ci", "--user", "nobody")]
    public async Task User_BadValue_EndsWithItsCodeAndSaysWhy(int code, params string[] arguments)
    {
        await using TestController controller = await TestController.StartAsync();

        Answer answer = await RunAsync(controller, arguments);

        answer.Expect(code);
        Assert.StartsWith("uptrakit-controller: ", answer.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("")]
    public async Task User_WithAPasswordThatIsNone_IsRefused(string password)
    {
        await using TestController controller = await TestController.StartAsync();
        string file = Path.Combine(controller.Folder, "password");
        await File.WriteAllTextAsync(file, password, Cancel);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.NotEqual(0, (await RunAsync(controller, "create-user", "dana", "--password-file", file)).Code);
        (await RunAsync(controller, "create-api-token", "ci", "--user", "dana")).Expect(1); // nobody was made
    }

    private static Task<Answer> RunAsync(TestController controller, params string[] arguments) => RunAsync(controller.Folder, arguments);

    private static async Task<Answer> RunAsync(string folder, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        Terminal terminal = new("uptrakit-controller", TextReader.Null, output, error, interactive: false, colour: false);
        CommandEnvironment environment = new(terminal, static _ => null, TimeProvider.System);
        int code = await ControllerCommandLine.RunAsync(["admin", .. arguments, "--state-dir", folder], environment, Cancel);
        return new Answer(code, output.ToString().Trim(), error.ToString());
    }

    private sealed record Answer(int Code, string Data, string Words)
    {
        public string Expect(int code)
        {
            Assert.True(Code == code, $"ended with {Code}: {Words}");
            return Data;
        }
    }
}
