using System.CommandLine;
using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu trust list | remove`: the pins that this node holds.</summary>
internal static class TrustCommands
{
    internal static void Fill(Verb group, CommandEnvironment environment)
    {
        group.Add(new Verb("list", "Show whose keys this node trusts", "qu trust list", "qu trust list --json")
            .Does((_, cancel) => environment.AskAsync(daemon => ListAsync(daemon, environment.Terminal, cancel))));

        Argument<string> id = Flags.Argument("node-id", "of the entry, from 'qu trust list'");
        Verb remove = new("remove", "Forget a key on this node only; 'qu node remove' evicts it everywhere",
            "qu trust remove 1f0e4a52-7f0b-4f3c-9b36-0f6f1f0f2c11");
        remove.Add(id);
        group.Add(remove.Does((parsed, cancel) => environment.AskAsync(daemon =>
            RemoveAsync(daemon, environment.Terminal, parsed.GetRequiredValue(id), cancel))));
    }

    internal static async Task<int> ListAsync(DaemonClient daemon, Terminal terminal, CancellationToken cancel)
    {
        ListTrustReply trust = await daemon.ListTrustAsync(cancel);
        if (terminal.Json)
        {
            terminal.WriteArray(trust.Entries, (json, entry) =>
            {
                json.WriteString("node_id", entry.NodeId);
                json.WriteString("address", entry.Address);
                json.WriteStrings("fingerprints", entry.Fingerprints);
            });
            return (int)ExitCode.Done;
        }
        TablePrinter table = new("NODE", "ADDRESS", "FINGERPRINT");
        foreach (TrustRow entry in trust.Entries)
        {
            foreach (string fingerprint in entry.Fingerprints.DefaultIfEmpty(""))
                table.Add(entry.NodeId, entry.Address, fingerprint);
        }
        table.Print(terminal);
        return (int)ExitCode.Done;
    }

    internal static async Task<int> RemoveAsync(
        DaemonClient daemon, Terminal terminal, string nodeId, CancellationToken cancel) =>
        terminal.Tell(await daemon.RemoveTrustAsync(nodeId, cancel), $"forgot the keys of {nodeId} on this node");
}
