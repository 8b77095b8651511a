using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu status`.</summary>
internal static class StatusCommand
{
    internal static Verb Declare(CommandEnvironment environment) =>
        new Verb("status", "Show this node, its peers and the checks", "qu status", "qu status --json | jq .quorum")
            .Does((_, cancel) => environment.AskAsync(daemon => RunAsync(daemon, environment, cancel)));

    internal static async Task<int> RunAsync(DaemonClient daemon, CommandEnvironment environment, CancellationToken cancel)
    {
        StatusReply status = await daemon.StatusAsync(new StatusRequest { Terse = !environment.Terminal.Json }, cancel);
        if (environment.Terminal.Json)
            StatusJson.Write(environment.Terminal, status);
        else
            StatusText.Write(environment.Terminal, status, environment.Clock);
        return (int)ExitCode.Done;
    }
}
