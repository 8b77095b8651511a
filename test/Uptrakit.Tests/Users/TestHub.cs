using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Users;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Users;

/// <summary>A whole Controller in this process, with one user, whose clock stands still until it is moved.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly ScratchFolder scratch = new();
    private readonly ControllerApp app;

    private TestHub()
    {
        Clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        RawServeOptions raw = new() { StateFolder = scratch["state"], HttpsAddress = "127.0.0.1:0" };
        Directory.CreateDirectory(raw.StateFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        app = ControllerApp.Build(ServeOptions.Read(raw, out _)!, NullLoggerFactory.Instance, Clock);
    }

    public FakeTimeProvider Clock { get; }

    public IServiceProvider Services => app.Services;

    public string Database => Path.Combine(scratch["state"], DatabaseTarget.DefaultFile);

    public Uri Url => new($"https://localhost:{app.HttpsPort}");

    public static async Task<TestHub> StartAsync(bool withUser = true)
    {
        TestHub hub = new();
        Assert.Null(await hub.app.StartAsync(Cancel));
        if (withUser)
            await hub.InScopeAsync(services => services.GetRequiredService<UserDesk>().CreateAsync("alice", Password, "test", Cancel));
        return hub;
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Another browser: a jar of cookies of its own.</summary>
    public Browser Browser() => new(this, NewHandler());

    /// <summary>A program that sends a bearer.</summary>
    public HttpClient Api(string? bearer)
    {
        HttpClient client = new(NewHandler()) { BaseAddress = Url };
        if (bearer is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    public Task<CreatedApiToken?> TokenAsync(TimeSpan? ttl = null) => InScopeAsync(async services =>
    {
        HubUser? alice = await services.GetRequiredService<UserManager<HubUser>>().FindByNameAsync("alice");
        return await services.GetRequiredService<ApiTokens>().CreateAsync(ApiTokens.Owner.Of(alice!), "ci", ttl, "test", Cancel);
    });

    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using AsyncServiceScope scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        scratch.Dispose();
    }

    // Only the very certificate that this Controller shows is taken.
    private SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        CookieContainer = new CookieContainer(),
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && shown.GetCertHashString() == Services.GetRequiredService<ServerCertificate>().Current.Leaf.GetCertHashString(),
        },
    };
}

/// <summary>One Controller for the tests of a class that change nothing the others look at.</summary>
public sealed class SharedHub : IAsyncLifetime
{
    internal TestHub Hub { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
