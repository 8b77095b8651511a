using System.Text.Json;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Commands;

/// <summary>The past for programs.</summary>
internal static class HistoryJson
{
    internal static void WriteHistory(Terminal terminal, HistoryReply reply) => terminal.WriteObject(json =>
    {
        CheckHistory past = reply.Checks[0];
        WriteCluster(json, past, reply);
        json.WriteOutages(past);
        WriteNodes(json, past, reply, withPoints: true);
    });

    internal static void WriteUptime(Terminal terminal, HistoryReply reply) => terminal.WriteArray(reply.Checks, (json, past) =>
    {
        WriteCluster(json, past, reply);
        json.WriteNumber("outages", past.Outages.Count);
        WriteNodes(json, past, reply, withPoints: false);
    });

    private static void WriteCluster(Utf8JsonWriter json, CheckHistory past, HistoryReply reply)
    {
        json.WriteString("id", past.Id);
        json.WriteString("name", past.Name);
        json.WriteTime("from", reply.FromMs);
        json.WriteTime("to", reply.ToMs);
        json.WriteShare("uptime", past);
        json.WriteNumber("up_ms", past.UpMs);
        json.WriteNumber("down_ms", past.DownMs);
        json.WriteNumber("left_out_ms", past.LeftOutMs);
    }

    private static void WriteNodes(Utf8JsonWriter json, CheckHistory past, HistoryReply reply, bool withPoints)
    {
        json.WriteStartArray("nodes");
        foreach (NodeAnswer node in reply.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("node_id", node.NodeId);
            json.WriteString("advertise", node.Advertise);
            json.WriteText("fault", node.Fault);
            WriteResults(json, past.Nodes.FirstOrDefault(told => told.NodeId == node.NodeId)?.Results, withPoints);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteResults(Utf8JsonWriter json, CheckResults? results, bool withPoints)
    {
        if (results is null)
        {
            json.WriteNull("results");
            return;
        }

        json.WriteStartObject("results");
        json.WriteSum(results.Sum ?? new());
        json.WriteEndObject();
        if (!withPoints)
            return;
        json.WriteNumber("step_ms", results.StepMs);
        json.WriteStartArray("points");
        foreach (ProbePoint point in results.Points)
        {
            json.WriteStartObject();
            json.WriteTime("at", point.AtMs);
            json.WriteSum(point.Sum ?? new());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
