using Microsoft.Extensions.Logging;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Options;
using Uptrakit.Services.Session;

namespace Uptrakit.Services;

/// <summary>A Service on its state folder: trust, then identity, then the session.</summary>
internal sealed class ServiceLife
{
    private readonly ServiceProfile profile;
    private readonly ServiceOptions options;
    private readonly ServiceEnvironment environment;
    private readonly ILogger logger;
    private readonly StateFolder folder;
    private readonly Backoff backoff;
    private readonly Contact contact;

    public ServiceLife(ServiceProfile profile, ServiceOptions options, ServiceEnvironment environment, ILogger logger)
    {
        this.profile = profile;
        this.options = options;
        this.environment = environment;
        this.logger = logger;
        folder = new StateFolder(options.StateFolder);
        backoff = new Backoff(environment.Random);
        contact = new Contact(new FirstContact(environment.Clock), backoff, environment.Clock, logger);
    }

    public async Task<ExitCode> RunAsync(CancellationToken cancel)
    {
        try
        {
            logger.Starts(profile.Program, VersionAction.Version, folder.Root, options.Trust.ModeName);
            return await StartAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            logger.Stopped();
            return ExitCode.Done;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.NotStored(folder.Root, fault.Message);
            return ExitCode.Failed;
        }
    }

    private async Task<ExitCode> StartAsync(CancellationToken cancel)
    {
        if (Load() is not { } loaded)
            return ExitCode.TrustRefused;
        StartResult<StartedTrust> trust = await new TrustStart(options, folder, contact, environment.Roots, logger).RunAsync(loaded.State, cancel);
        if (trust.Value is not { } started)
            return trust.Exit;
        StartResult<EnrolledService> service = await EnrolledAsync(loaded, started, cancel);
        if (service.Value is not { } enrolled)
            return service.Exit;

        Standing standing = new(enrolled.State, enrolled.Key, started.Trust);
        // The token's addresses were for the way in; from then on the one that worked is remembered.
        SessionSettings settings = new(profile, options.FriendlyName ?? "", options.Url is null ? [] : [options.Url], environment.Facts);
        using ServiceSession session = new(settings, folder, standing, contact, environment.Random, environment.Clock, logger);
        return await session.RunAsync(cancel);
    }

    private LoadedState? Load()
    {
        if (folder.TryLoad(out LoadedState? loaded, out string? fault))
            return loaded;
        if (!options.ForceEnroll)
        {
            logger.StateRefused(fault);
            return null;
        }

        // What is damaged cannot be used; that is what --force-enroll is for. A key that may be damaged is not asked with either.
        logger.BrokenStateReplaced(fault);
        folder.DropNextKey();
        return new LoadedState(ServiceState.Empty, null, null);
    }

    private async Task<StartResult<EnrolledService>> EnrolledAsync(LoadedState loaded, StartedTrust started, CancellationToken cancel)
    {
        if (!options.ForceEnroll && loaded.Key is { } key)
        {
            if (options.Token is not null)
                logger.TokenNotNeeded();
            return new EnrolledService(started.State, key);
        }

        EnrollCall call = new(profile, options.FriendlyName ?? Environment.MachineName, options.Token, environment.Facts(), environment.Clock);
        return await new Enroller(options, folder, call, contact, backoff, environment.Clock, logger).RunAsync(started, cancel);
    }
}
