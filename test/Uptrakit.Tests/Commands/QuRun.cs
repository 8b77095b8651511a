using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Qu.Commands;

namespace Uptrakit.Tests.Commands;

/// <summary>One run of `qu` inside this process: what it printed and what it answered.</summary>
internal sealed record QuRun(ExitCode Exit, string Out, string Error)
{
    internal static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    internal JsonElement Json => JsonDocument.Parse(Out).RootElement;

    internal string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    internal static Task<QuRun> Of(FakeDaemon daemon, params string[] arguments) => Of(daemon.Socket, "", arguments);

    internal static async Task<QuRun> Of(
        string socket, string input, string[] arguments, ILocalNode? node = null, bool interactive = false, bool colour = false)
    {
        using StringReader typed = new(input);
        using StringWriter output = new();
        using StringWriter error = new();
        CommandEnvironment environment = new(
            new Terminal("qu", typed, output, error, interactive, colour),
            new QuPaths("/nowhere", socket),
            node ?? new FakeNode(),
            new FakeTimeProvider(Now));
        int exit = await QuCommandLine.RunAsync(arguments, environment, TestContext.Current.CancellationToken);
        return new QuRun((ExitCode)exit, output.ToString(), error.ToString());
    }
}
