using Microsoft.Extensions.Logging;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Hosting;
using Uptrakit.Services.Host;
using Uptrakit.Services.Session;
using Uptrakit.Trust.Anchors;

namespace Uptrakit.Services;

/// <summary>What the process around a Service provides; tests provide their own.</summary>
internal sealed class ServiceEnvironment
{
    public required Terminal Terminal { get; init; }

    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>From 0 up to and without 1: spreads what many Services would otherwise do at one moment.</summary>
    public Func<double> Random { get; init; } = Backoff.Random;

    public Func<HostFacts> Facts { get; init; } = new HostReader().Read;

    /// <summary>The roots of this host; read once at a start.</summary>
    public Func<NativeRoots> Roots { get; init; } = NativeRoots.Load;

    /// <summary>Makes the log; told whether more of it is wanted.</summary>
    public Func<bool, ILoggerFactory> Loggers { get; init; } = static verbose => DaemonLogging.Create(verbose ? "debug" : null);
}
