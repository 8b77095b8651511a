using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using Uptrakit.Controller.Storage;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Uptrakit.Controller.Users;

/// <summary>Registers the command line as a client, and forgets logins that are long over.</summary>
internal sealed class DeviceLoginChores(IServiceScopeFactory scopes, TimeProvider clock, ILogger<DeviceLoginChores> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    /// <summary>Whoever asks for a login makes rows, strangers too: theirs are not kept.</summary>
    private static readonly TimeSpan UnansweredKept = TimeSpan.FromMinutes(30);

    /// <summary>Before the port is open: the first login must not come too early.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (AsyncServiceScope scope = scopes.CreateAsyncScope())
            await RegisterAsync(scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>(), cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await PruneAsync(stoppingToken);
    }

    internal async Task PruneAsync(CancellationToken cancel)
    {
        try
        {
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            DateTimeOffset threshold = clock.GetUtcNow() - Kept;
            long tokens = await scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>().PruneAsync(threshold, cancel);
            await scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>().PruneAsync(threshold, cancel);
            DateTime unanswered = (clock.GetUtcNow() - UnansweredKept).UtcDateTime;
            tokens += await scope.ServiceProvider.GetRequiredService<HubContext>().Set<OpenIddictEntityFrameworkCoreToken>()
                .Where(token => (token.Type == TokenTypeIdentifiers.Private.DeviceCode || token.Type == TokenTypeIdentifiers.Private.UserCode)
                    && token.ExpirationDate < unanswered)
                .ExecuteDeleteAsync(cancel);
            logger.LoginsForgotten(tokens);
        }
        catch (Exception fault) when (fault is DbException or DbUpdateException)
        {
            logger.LoginsNotForgotten(fault);
        }
    }

    private static async Task RegisterAsync(IOpenIddictApplicationManager clients, CancellationToken cancel)
    {
        OpenIddictApplicationDescriptor wanted = new()
        {
            ClientId = DeviceLogin.ClientId,
            ClientType = ClientTypes.Public,
            ConsentType = ConsentTypes.Explicit,
            DisplayName = "Uptrakit command line",
            Permissions =
            {
                Permissions.Endpoints.DeviceAuthorization,
                Permissions.Endpoints.Token,
                Permissions.Endpoints.Revocation,
                Permissions.GrantTypes.DeviceCode,
                Permissions.GrantTypes.RefreshToken,
            },
        };
        if (await clients.FindByClientIdAsync(DeviceLogin.ClientId, cancel) is { } known)
            await clients.UpdateAsync(known, wanted, cancel);
        else
            await clients.CreateAsync(wanted, cancel);
    }
}
