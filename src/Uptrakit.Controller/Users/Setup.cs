using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Settings;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Controller.Users;

/// <summary>While there is no user, prints the link with which the first one is made.</summary>
internal sealed class Setup(
    IServiceScopeFactory scopes, SetupCode code, ServeOptions options, IServer server, ILogger<Setup> logger) : IHostedLifecycleService
{
    /// <summary>Where the link goes. Not to the log, which is sent on to other places; a service manager keeps standard error beside it all the same.</summary>
    internal TextWriter Words { get; init; } = Console.Error;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<UserDesk>().AnyAsync(cancellationToken))
            return;
        logger.NoUserYet();
        // The code stands after the #: browsers do not send that, so it is in no access log and no Referer.
        await Words.WriteLineAsync($"""

            There is no user yet. Make the first one within {(int)SetupCode.Lifetime.TotalMinutes} minutes at

                https://{Address()}/setup#{code.Issue()}

            or here, with: uptrakit-controller admin create-user <name> --password-file <file>

            """);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Address()
    {
        if (options.PublicAddress is { } reached)
            return HostPort.Text(reached);
        int port = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
            .Where(static address => address.StartsWith("https:", StringComparison.Ordinal))
            .Select(static address => new Uri(address).Port).First();
        string name = options.Names is [string first, ..]
            ? first
            : IPAddress.IsLoopback(options.Https.Address) ? "localhost" : Dns.GetHostName();
        return HostPort.Text(new TokenAddress(name, port));
    }
}
