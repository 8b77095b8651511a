using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Uptrakit.Controller.Users;

namespace Uptrakit.Tests.Users;

public sealed class DeviceLoginTests
{
    [Fact]
    public async Task Device_Approved_ActsAsItsUserUntilItSignsOut()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Device device = await Device.BeginAsync(hub);
        using Browser browser = hub.Browser();
        await browser.SignInAsync();
        Assert.Equal("authorization_pending", (await device.PollAsync()).Error);

        Page page = await browser.GetAsync($"/device?user_code={device.UserCode}");
        Assert.Contains(device.UserCode, page.Html, StringComparison.Ordinal);
        Assert.Contains("Uptrakit command line", page.Html, StringComparison.Ordinal);
        Page approved = await browser.SubmitAsync($"/device?user_code={device.UserCode}", "/device/decision", ("decision", "approve"));
        Assert.EndsWith("/device?outcome=approved", approved.Location, StringComparison.Ordinal);

        TokenAnswer first = await device.PollAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, first.Access));
        TokenAnswer second = await device.RefreshAsync(first.Refresh!);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, second.Access));
        Assert.Equal("device", await SignedInWithAsync(hub, second.Access));
        Assert.Equal("invalid_grant", (await device.PollAsync()).Error);

        await device.RevokeAsync(second.Refresh!);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(hub, second.Access));
        Assert.NotNull((await device.RefreshAsync(second.Refresh!)).Error);
    }

    [Fact]
    public async Task Device_Refused_GetsNothing()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Device device = await Device.BeginAsync(hub);
        using Browser browser = hub.Browser();
        await browser.SignInAsync();

        await browser.SubmitAsync($"/device?user_code={device.UserCode}", "/device/decision", ("decision", "deny"));

        Assert.Equal("access_denied", (await device.PollAsync()).Error);
    }

    [Fact]
    public async Task Device_ApprovedByASessionThatIsNotFresh_HasToWait()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Device device = await Device.BeginAsync(hub);
        using Browser browser = hub.Browser();
        await browser.SignInAsync();
        string path = $"/device?user_code={device.UserCode}";
        Page page = await browser.GetAsync(path);
        hub.Clock.Advance(TimeSpan.FromMinutes(11));

        Assert.StartsWith("/sign-in?again=1", (await browser.GetAsync(path)).Location, StringComparison.Ordinal);
        string token = page.Html.Split("__RequestVerificationToken\" value=\"")[1].Split('"')[0];
        Page posted = await browser.PostAsync("/device/decision", new()
        {
            ["__RequestVerificationToken"] = WebUtility.HtmlDecode(token),
            ["user_code"] = device.UserCode,
            ["decision"] = "approve",
        });

        Assert.DoesNotContain("approved", posted.Location ?? "", StringComparison.Ordinal);
        Assert.NotNull((await device.PollAsync()).Error);
    }

    [Fact]
    public async Task Decision_OfAForeignPage_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Device device = await Device.BeginAsync(hub);
        using Browser browser = hub.Browser();
        await browser.SignInAsync();

        Page refused = await browser.PostAsync("/device/decision", new() { ["user_code"] = device.UserCode, ["decision"] = "approve" });

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal("authorization_pending", (await device.PollAsync()).Error);
    }

    [Fact]
    public async Task Decision_OfAStranger_IsSentToSignIn()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Device device = await Device.BeginAsync(hub);
        using Browser stranger = hub.Browser();

        Page page = await stranger.GetAsync($"/device?user_code={device.UserCode}");
        Page posted = await stranger.PostAsync("/device/decision", new() { ["user_code"] = device.UserCode, ["decision"] = "approve" });

        Assert.Contains("/sign-in", page.Location, StringComparison.Ordinal);
        Assert.Contains("/sign-in", posted.Location, StringComparison.Ordinal);
        Assert.Equal("authorization_pending", (await device.PollAsync()).Error);
    }

    [Fact]
    public async Task Device_AfterThePasswordWasChanged_IsNotRenewed()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Device device = await Device.BeginAsync(hub);
        using Browser browser = hub.Browser();
        await browser.SignInAsync();
        await browser.SubmitAsync($"/device?user_code={device.UserCode}", "/device/decision", ("decision", "approve"));
        TokenAnswer tokens = await device.PollAsync();

        await browser.SubmitAsync("/account", "password",
            ("Given.Old", TestHub.Password), ("Given.New", "another long password"), ("Given.Repeated", "another long password"));

        Assert.Equal("invalid_grant", (await device.RefreshAsync(tokens.Refresh!)).Error);
    }

    [Fact]
    public async Task Client_ThatIsNotTheCommandLine_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using HttpClient client = hub.Api(null);
        using FormUrlEncodedContent body = new([new("client_id", "somebody-else")]);

        using HttpResponseMessage refused = await client.PostAsync("/connect/device", body, TestHub.Cancel);

        Assert.Contains("invalid_client", await refused.Content.ReadAsStringAsync(TestHub.Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/connect/device")]
    [InlineData("/CONNECT/device")] // what the router and OpenIddict take for the same is counted as the same
    [InlineData("/connect/device/")]
    public async Task Logins_AskedForByOneAddress_AreBounded(string path)
    {
        await using TestHub hub = await TestHub.StartAsync(withUser: false);
        using HttpClient stranger = hub.Api(null);

        List<string> answers = [];
        for (int i = 0; i <= DeviceLoginLimits.BeginsAtOnceEach; i++)
            answers.Add(await TextAsync(stranger, path, ("client_id", "uptrakit-cli"), ("scope", "offline_access")));

        Assert.DoesNotContain(answers[..^1], static answer => answer.Contains("slow_down", StringComparison.Ordinal));
        Assert.Contains("slow_down", answers[^1], StringComparison.Ordinal);
        Assert.True(await CountAsync(hub) <= 2 * DeviceLoginLimits.BeginsAtOnceEach);

        hub.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain("slow_down", await TextAsync(stranger, path, ("client_id", "uptrakit-cli")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logins_BegunFromManyAddresses_SlowDownTogether()
    {
        FakeTimeProvider clock = new();
        DeviceLoginLimits limits = new(clock);
        for (int i = 0; i < DeviceLoginLimits.BeginsAtOnce; i++)
            Assert.Null(await BeginFromAsync(limits, i));

        Assert.Equal("slow_down", await BeginFromAsync(limits, DeviceLoginLimits.BeginsAtOnce));

        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(await BeginFromAsync(limits, DeviceLoginLimits.BeginsAtOnce));
        Assert.Equal("slow_down", await BeginFromAsync(limits, DeviceLoginLimits.BeginsAtOnce + 1));
    }

    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/connect/revoke")]
    public async Task Tokens_AskedForOverAndOver_SlowDown(string path)
    {
        await using TestHub hub = await TestHub.StartAsync(withUser: false);
        using HttpClient stranger = hub.Api(null);
        (string, string)[] guess = [("client_id", "uptrakit-cli"), ("grant_type", "refresh_token"), ("refresh_token", "a guess"), ("token", "a guess")];

        List<string> answers = [];
        for (int i = 0; i <= DeviceLoginLimits.AsksAtOnceEach; i++)
            answers.Add(await TextAsync(stranger, path, guess));

        Assert.DoesNotContain(answers[..^1], static answer => answer.Contains("slow_down", StringComparison.Ordinal));
        Assert.Contains("slow_down", answers[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_ThatNobodyAnswers_IsForgotten()
    {
        await using TestHub hub = await TestHub.StartAsync(withUser: false);
        using Device device = await Device.BeginAsync(hub);
        DeviceLoginChores chores = hub.Services.GetServices<IHostedService>().OfType<DeviceLoginChores>().Single();

        await chores.PruneAsync(TestHub.Cancel);
        Assert.Equal(2, await CountAsync(hub)); // a code for the device and one for its user

        hub.Clock.Advance(TimeSpan.FromHours(1));
        await chores.PruneAsync(TestHub.Cancel);
        Assert.Equal(0, await CountAsync(hub));
    }

    private static async Task<string?> BeginFromAsync(DeviceLoginLimits limits, int number)
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = new IPAddress([198, 51, (byte)(number / 256), (byte)number]);
        OpenIddictServerTransaction transaction = new() { EndpointType = OpenIddictServerEndpointType.DeviceAuthorization };
        transaction.Properties[typeof(HttpRequest).FullName!] = new WeakReference<HttpRequest>(http.Request);
        OpenIddictServerEvents.ProcessRequestContext context = new(transaction);
        await limits.HandleAsync(context);
        GC.KeepAlive(http);
        return context.IsRejected ? context.Error : null;
    }

    private static async Task<long> CountAsync(TestHub hub) => await hub.InScopeAsync(static services =>
        services.GetRequiredService<IOpenIddictTokenManager>().CountAsync(TestHub.Cancel).AsTask());

    private static async Task<string> TextAsync(HttpClient client, string path, params (string Name, string Value)[] fields)
    {
        using FormUrlEncodedContent body = new(fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)));
        using HttpResponseMessage reply = await client.PostAsync(path, body, TestHub.Cancel);
        return await reply.Content.ReadAsStringAsync(TestHub.Cancel);
    }

    private static async Task<HttpStatusCode> StatusAsync(TestHub hub, string? access)
    {
        using HttpClient api = hub.Api(access);
        using HttpResponseMessage reply = await api.GetAsync("/api/v1/me", TestHub.Cancel);
        return reply.StatusCode;
    }

    private static async Task<string?> SignedInWithAsync(TestHub hub, string? access)
    {
        using HttpClient api = hub.Api(access);
        using JsonDocument me = JsonDocument.Parse(await api.GetStringAsync("/api/v1/me", TestHub.Cancel));
        return me.RootElement.GetProperty("signed_in_with").GetString();
    }
}

/// <summary>What the token endpoint said.</summary>
internal sealed record TokenAnswer(string? Access, string? Refresh, string? Error);

/// <summary>Plays the command line (RFC 8628).</summary>
internal sealed class Device : IDisposable
{
    private readonly HttpClient client;
    private readonly string code;

    private Device(HttpClient client, JsonElement answer)
    {
        this.client = client;
        code = answer.GetProperty("device_code").GetString()!;
        UserCode = answer.GetProperty("user_code").GetString()!;
    }

    public string UserCode { get; }

    public static async Task<Device> BeginAsync(TestHub hub)
    {
        HttpClient client = hub.Api(null);
        return new Device(client, await PostAsync(client, "/connect/device", ("client_id", "uptrakit-cli"), ("scope", "openid offline_access")));
    }

    public Task<TokenAnswer> PollAsync() => TokenAsync(("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code));

    public Task<TokenAnswer> RefreshAsync(string refresh) => TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refresh));

    public async Task RevokeAsync(string token) => await PostAsync(client, "/connect/revoke", ("client_id", "uptrakit-cli"), ("token", token));

    public void Dispose() => client.Dispose();

    private async Task<TokenAnswer> TokenAsync(params (string, string)[] fields)
    {
        JsonElement answer = await PostAsync(client, "/connect/token", [("client_id", "uptrakit-cli"), .. fields]);
        return new TokenAnswer(Text("access_token"), Text("refresh_token"), Text("error"));

        string? Text(string name) => answer.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, params (string Name, string Value)[] fields)
    {
        using FormUrlEncodedContent body = new(fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)));
        using HttpResponseMessage reply = await client.PostAsync(path, body, TestHub.Cancel);
        string text = await reply.Content.ReadAsStringAsync(TestHub.Cancel);
        using JsonDocument document = JsonDocument.Parse(text.Length > 0 ? text : "{}");
        return document.RootElement.Clone();
    }
}
