using System.Text.Json;
using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Commands;

/// <summary>The status for programs.</summary>
internal static class StatusJson
{
    internal static void Write(Terminal terminal, StatusReply status) => terminal.WriteObject(json =>
    {
        json.WriteString("node_id", status.NodeId);
        json.WriteString("role", status.Role);
        json.WriteText("cluster_id", status.ClusterId);
        json.WriteText("master", status.Master);
        json.WriteNumber("term", status.Term);
        json.WriteBoolean("quorum", status.Quorum);
        json.WriteNumber("quorum_needed", status.QuorumNeeded);
        json.WriteNumber("voters", status.Voters);
        json.WriteNumber("config_version", status.ConfigVersion);
        json.WriteNumber("applied", status.Applied);
        json.WriteNumber("commit", status.Commit);
        json.WriteNumber("outbox", status.Outbox);
        json.WriteText("version", status.Software);
        json.WriteStrings("warnings", status.Warnings);
        WritePeers(json, status);
        WriteReaches(json, status);
        WriteChecks(json, status);
    });

    private static void WritePeers(Utf8JsonWriter json, StatusReply status)
    {
        json.WriteStartArray("peers");
        foreach (PeerStatus peer in status.Peers)
        {
            json.WriteStartObject();
            json.WriteString("node_id", peer.NodeId);
            json.WriteString("advertise", peer.Advertise);
            json.WriteString("role", peer.Role);
            json.WriteBoolean("live", peer.Live);
            json.WriteTime("last_seen", peer.LastSeenMs);
            json.WriteBoolean("consensus", peer.Consensus);
            json.WriteNumber("applied", peer.Applied);
            json.WriteNumber("clock_offset_ms", peer.ClockOffsetMs);
            json.WriteBoolean("excluded", peer.Excluded);
            json.WriteText("version", peer.Software);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // Of each node, the nodes that it hears.
    private static void WriteReaches(Utf8JsonWriter json, StatusReply status)
    {
        json.WriteStartObject("reaches");
        foreach (PeerStatus peer in status.Peers)
            json.WriteStrings(peer.NodeId, peer.Hears);
        json.WriteEndObject();
    }

    private static void WriteChecks(Utf8JsonWriter json, StatusReply status)
    {
        json.WriteStartArray("checks");
        foreach (CheckRow check in status.Checks)
        {
            json.WriteStartObject();
            json.WriteString("id", check.Id);
            json.WriteString("name", check.Name);
            json.WriteText("type", check.Type);
            json.WriteText("target", check.Target);
            json.WriteString("state", check.State);
            json.WriteNumber("ok", check.Ok);
            json.WriteNumber("total", check.Total);
            json.WriteStrings("alerts", check.Alerts);
            json.WriteString("detail", check.Detail);
            json.WriteTime("since", check.SinceMs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
