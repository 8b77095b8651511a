using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Cli.Commands;
using Uptrakit.Trust.Anchors;

namespace Uptrakit.Tests.Cli;

/// <summary>One run of `uptrakit` inside this process: what it printed and what it answered.</summary>
internal sealed record CliRun(ExitCode Exit, string Out, string Error, IReadOnlyList<TimeSpan> Pauses)
{
    internal static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    internal JsonElement Json => JsonDocument.Parse(Out).RootElement;

    internal string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    internal static CliEnvironment Environment(TextReader input, TextWriter output, TextWriter error, bool interactive,
        Func<string, string?> variable, string? roots = null, Action<TimeSpan>? pausing = null, DateTimeOffset? now = null) =>
        new(new Terminal("uptrakit", input, output, error, interactive, colour: false), variable, new FakeTimeProvider(now ?? Now))
        {
            Roots = () => NativeRoots.Load(name => name == "SSL_CERT_FILE" ? roots ?? "/nowhere" : null, []),
            Pause = (pause, _) =>
            {
                pausing?.Invoke(pause);
                return Task.CompletedTask;
            },
        };
}
