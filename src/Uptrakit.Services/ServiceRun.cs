using Microsoft.Extensions.Logging;
using Uptrakit.CommandLine;
using Uptrakit.Hosting;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Options;
using Uptrakit.Trust.Files;

namespace Uptrakit.Services;

/// <summary>One run of a Service: reads what was asked for, and holds the state folder while it lives.</summary>
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
            return (int)await new ServiceLife(profile, options, environment, logger).RunAsync(cancel);
        }
    }
}
