using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>What the node commands do.</summary>
internal sealed class NodeWork(DaemonClient daemon, Terminal terminal, TimeProvider clock)
{
    internal async Task<int> ListAsync(CancellationToken cancel)
    {
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Peers = true }, cancel);
        Dictionary<string, PeerStatus> liveness = [];
        foreach (PeerStatus status in state.Liveness)
            liveness[status.NodeId] = status;

        if (terminal.Json)
            WriteJson(state.Peers, liveness);
        else
            WriteTable(state.Peers, liveness);
        return (int)ExitCode.Done;
    }

    internal async Task<int> RemoveAsync(string nodeId, bool yes, CancellationToken cancel)
    {
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Peers = true }, cancel);
        if (state.Peers.FirstOrDefault(peer => peer.NodeId == nodeId) is not Peer member)
            return terminal.Fail(ExitCode.Failed, $"no member '{nodeId}'",
                hint: "'qu node list' shows them; give the whole NodeID");

        string question = $"Evict {member.NodeId} ({member.Advertise}) for good? It can only come back as a new node.";
        if (await terminal.ConfirmAsync(question, yes, cancel) is int refused)
            return refused;
        return await daemon.ApplyAsync(
            terminal, new Change { RemovePeer = new RemoveById { Id = nodeId } }, $"evicted {nodeId}", cancel);
    }

    internal async Task<int> RotateKeyAsync(string keyType, CancellationToken cancel)
    {
        RotateKeyReply reply = await daemon.RotateKeyAsync(keyType, cancel);
        if (reply.NoQuorum)
            return Answer.NoQuorum(terminal, reply.Message);
        if (!reply.Done)
            return terminal.Fail(ExitCode.Failed, reply.Message, hint: "the command may be repeated");

        terminal.Say("this node has a new key");
        if (terminal.Json)
            terminal.WriteObject(json =>
            {
                json.WriteString("old_fingerprint", reply.OldFingerprint);
                json.WriteString("new_fingerprint", reply.NewFingerprint);
            });
        else
            terminal.WriteLine(reply.NewFingerprint);
        return (int)ExitCode.Done;
    }

    private void WriteTable(IEnumerable<Peer> peers, Dictionary<string, PeerStatus> liveness)
    {
        TablePrinter table = new("NODE", "ADVERTISE", "ROLE", "LIVE", "LAST SEEN", "VERSION", "FINGERPRINT");
        foreach (Peer peer in peers)
        {
            PeerStatus? status = liveness.GetValueOrDefault(peer.NodeId);
            Cell live = status is { Live: true } ? new Cell("yes", Tone.Good) : new Cell("no", Tone.Bad);
            table.Add(peer.NodeId, peer.Advertise, StateWords.Of(peer.Role), live, Times.Ago(clock, status?.LastSeenMs ?? 0),
                status?.Software, FingerprintsOf(peer).LastOrDefault());
        }
        table.Print(terminal);
    }

    private void WriteJson(IEnumerable<Peer> peers, Dictionary<string, PeerStatus> liveness) =>
        terminal.WriteArray(peers, (json, peer) =>
        {
            PeerStatus? status = liveness.GetValueOrDefault(peer.NodeId);
            json.WriteString("node_id", peer.NodeId);
            json.WriteString("advertise", peer.Advertise);
            json.WriteString("role", StateWords.Of(peer.Role));
            json.WriteBoolean("live", status is { Live: true });
            json.WriteTime("last_seen", status?.LastSeenMs ?? 0);
            json.WriteBoolean("joined", peer.Joined);
            json.WriteTime("added_at", peer.AddedMs);
            json.WriteText("version", status?.Software);
            json.WriteStrings("fingerprints", FingerprintsOf(peer));
        });

    // During a rotation there are two; the last one is current.
    private static IEnumerable<string> FingerprintsOf(Peer peer) =>
        peer.Keys.Select(key => Daemon.TrustView.FingerprintOf(key));
}
