using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>Proposes a change and tells what became of it.</summary>
internal static class Changes
{
    /// <summary>Says <paramref name="done"/> when it was done. The id goes to stdout under --json, or when it is new.</summary>
    internal static async Task<int> ApplyAsync(
        this DaemonClient daemon, Terminal terminal, Change change, string done, CancellationToken cancel, bool isNew = false)
    {
        ChangeReply reply = await daemon.ChangeAsync(change, cancel);
        return terminal.Tell(reply, done, isNew);
    }

    internal static int Tell(this Terminal terminal, ChangeReply reply, string done, bool isNew = false)
    {
        if (Answer.Refusal(terminal, reply) is int refused)
            return refused;

        Outcome outcome = reply.Outcome;
        terminal.Say(done);
        if (terminal.Json)
            terminal.WriteObject(json =>
            {
                json.WriteText("id", outcome.Id);
                json.WriteNumber("config_version", outcome.Version);
            });
        else if (isNew)
            terminal.WriteLine(outcome.Id);
        return (int)ExitCode.Done;
    }
}
