using Uptrakit.Qu.Commands;

namespace Uptrakit.Qu.Tui;

/// <summary>`qu tui`.</summary>
internal static class TuiCommand
{
    internal static Verb Declare(CommandEnvironment environment) =>
        new Verb("tui", "Watch the cluster on the whole screen, and change checks and alerts", "qu tui")
            .Does((_, cancel) => RunAsync(environment, cancel));

    private static Task<int> RunAsync(CommandEnvironment environment, CancellationToken cancel)
    {
        if (environment.Terminal.Json)
            return Task.FromResult(environment.Terminal.Fail(ExitCode.Usage, "'qu tui' prints no data", hint: "use 'qu status --json'"));
        if (TuiScreen.Obstacle(Environment.GetEnvironmentVariable) is { } obstacle)
            return Task.FromResult(environment.Terminal.Fail(ExitCode.Usage, obstacle, hint: "'qu status' prints the same once, also into a file or a pipe"));
        return environment.AskAsync(async daemon =>
        {
            using TuiScreen screen = TuiScreen.Open(Environment.GetEnvironmentVariable);
            using TuiSession session = new(screen, new TuiDesk(daemon, environment.Paths.Socket, environment.Clock), environment.Clock);
            await session.RunAsync(cancel);
            return (int)ExitCode.Done;
        });
    }
}
