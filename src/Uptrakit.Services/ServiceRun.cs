using Microsoft.Extensions.Logging;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Hosting;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Options;
using Uptrakit.Services.Session;
using Uptrakit.Trust.Files;

namespace Uptrakit.Services;

/// <summary>One run of a Service: options, trust, identity, session, in this order.</summary>
internal sealed class ServiceRun(ServiceProfile profile, ServiceEnvironment environment)
{
    public async Task<int> RunAsync(Func<Setting, string?> flag, CancellationToken cancel)
    {
        ServiceOptions? options = await StartOptions.ReadAsync(profile.Program, flag, environment, cancel);
        if (options is null)
            return (int)ExitCode.Usage;

        ControlSocket.RestrictNewFiles();
        string? unusable = HeldFolder.Take(
            options.StateFolder, PrivateFolder.OwnerOnly, profile.Program, "name another folder with --state-dir", out IDisposable? hold, out int swept);
        if (unusable is not null)
            return environment.Terminal.Fail(ExitCode.Failed, unusable);
        using (hold)
        {
            using ILoggerFactory loggers = environment.Loggers(options.Verbose);
            ILogger logger = loggers.CreateLogger(profile.Program);
            if (swept > 0)
                logger.LeftoversSwept(swept);
            return (int)await RunAsync(options, new StateFolder(options.StateFolder), logger, cancel);
        }
    }

    private async Task<ExitCode> RunAsync(ServiceOptions options, StateFolder folder, ILogger logger, CancellationToken cancel)
    {
        try
        {
            logger.Starts(profile.Program, VersionAction.Version, folder.Root, options.Trust.ModeName);
            return await StartAsync(options, folder, logger, cancel);
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

    private async Task<ExitCode> StartAsync(ServiceOptions options, StateFolder folder, ILogger logger, CancellationToken cancel)
    {
        if (Load(options, folder, logger) is not { } loaded)
            return ExitCode.TrustRefused;
        Backoff backoff = new(environment.Random);
        Contact contact = new(new FirstContact(environment.Clock), backoff, environment.Clock, logger);
        StartResult<StartedTrust> trust = await new TrustStart(options, folder, contact, logger).RunAsync(loaded.State, cancel);
        if (trust.Value is not { } started)
            return trust.Exit;
        StartResult<EnrolledService> service = await EnrolledAsync(options, folder, contact, backoff, loaded, started, logger, cancel);
        if (service.Value is not { } enrolled)
            return service.Exit;

        Standing standing = new(enrolled.State, enrolled.Key, started.Trust);
        // Where a contact has just been made, or an enrollment, is where to call; a flag is a wish for the first time only.
        SessionSettings settings = new(profile, options.FriendlyName, options.Url is null ? [] : [options.Url], environment.Facts);
        using ServiceSession session = new(settings, folder, standing, contact, environment.Random, environment.Clock, logger);
        return await session.RunAsync(cancel);
    }

    private static LoadedState? Load(ServiceOptions options, StateFolder folder, ILogger logger)
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

    private async Task<StartResult<EnrolledService>> EnrolledAsync(
        ServiceOptions options, StateFolder folder, Contact contact, Backoff backoff, LoadedState loaded, StartedTrust started, ILogger logger,
        CancellationToken cancel)
    {
        if (!options.ForceEnroll && loaded.Key is { } key)
        {
            if (options.Token is not null)
                logger.TokenNotNeeded();
            return new EnrolledService(started.State, key);
        }

        EnrollCall call = new(profile, options.FriendlyName, options.Token, environment.Facts(), environment.Clock);
        return await new Enroller(options, folder, call, contact, backoff, environment.Clock, logger).RunAsync(started, cancel);
    }
}
