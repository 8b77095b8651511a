using Microsoft.Extensions.DependencyInjection;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;
using Uptrakit.Tests.Authority;
using Uptrakit.Tests.Fleet;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Hub.Storage;

/// <summary>What the Authority needs of a store, held by the databases that it really has.</summary>
public abstract class StoredAuthorityTests : AuthorityStoreContract, IAsyncLifetime
{
    private readonly List<ServiceProvider> opened = [];

    private protected ScratchFolder Scratch { get; } = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (ServiceProvider services in opened)
            await services.DisposeAsync();
        Scratch.Dispose();
    }

    private protected abstract Task<string> DatabaseAsync();

    private protected override async Task<IAuthorityStore> OpenAsync()
    {
        Assert.True(DatabaseTarget.TryParse(await DatabaseAsync(), Scratch.Path, out DatabaseTarget? target, out string? fault), fault);
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddStorage(target);
        services.AddSettings();
        ServiceProvider provider = services.BuildServiceProvider();
        opened.Add(provider);
        Assert.Null(await provider.GetRequiredService<Schema>().PrepareAsync(TestContext.Current.CancellationToken));
        return provider.GetRequiredService<IAuthorityStore>();
    }
}

public sealed class SqliteAuthorityTests : StoredAuthorityTests
{
    private protected override Task<string> DatabaseAsync() => Task.FromResult($"{Guid.NewGuid():N}.db");
}

[Collection(nameof(PostgresServer))]
public sealed class PostgresAuthorityTests(PostgresServer server) : StoredAuthorityTests
{
    private protected override Task<string> DatabaseAsync() => server.DatabaseAsync(TestContext.Current.CancellationToken);
}
