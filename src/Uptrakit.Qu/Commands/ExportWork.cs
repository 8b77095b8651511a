using Uptrakit.Quorum.Configuration;

namespace Uptrakit.Qu.Commands;

/// <summary>What `qu export` does.</summary>
internal sealed class ExportWork(DaemonClient daemon, Terminal terminal)
{
    internal async Task<int> RunAsync(bool secrets, CancellationToken cancel)
    {
        Present present = await daemon.PresentAsync(cancel);
        DeclarationWriter writer = new(present, secrets);
        string yaml = writer.Write($"The configuration of this cluster at version {present.Version}, written by 'qu export'; 'qu apply -f' takes it.",
            "What this file does not name stays as it is, unless you say --prune.");
        await YamlOutput.WriteAsync(terminal, yaml, cancel);
        if (writer.LeftOut > 0)
            terminal.Say($"{writer.LeftOut} secrets were left out; --secrets writes them");
        else if (secrets && present.Closed.Count > 0)
            terminal.Say($"this node cannot open the secrets of {string.Join(", ", present.Closed)}: they stand there sealed, and only this cluster takes them back; a voter can open them");
        else if (secrets)
            terminal.Say("this holds secrets: keep it where nobody else reads it");
        return (int)ExitCode.Done;
    }
}
