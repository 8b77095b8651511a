using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Commands;

/// <summary>What the commands about the past do.</summary>
internal sealed class HistoryWork(DaemonClient daemon, Terminal terminal)
{
    private const int MostOutages = 1000;
    private const int Points = 120;

    internal async Task<int> HistoryAsync(string check, TimeSpan since, string[] nodes, CancellationToken cancel)
    {
        HistoryRequest request = RequestOf([check], since, nodes);
        request.Points = Points;
        HistoryReply reply = await daemon.HistoryAsync(request, cancel);
        if (reply.Fault.Length > 0 || reply.Checks.Count == 0)
            return Refuse(reply);
        if (terminal.Json)
            HistoryJson.WriteHistory(terminal, reply);
        else
            HistoryText.WriteHistory(terminal, reply);
        return (int)ExitCode.Done;
    }

    internal async Task<int> UptimeAsync(string[] checks, TimeSpan since, string[] nodes, CancellationToken cancel)
    {
        HistoryReply reply = await daemon.HistoryAsync(RequestOf(checks, since, nodes), cancel);
        if (reply.Fault.Length > 0)
            return Refuse(reply);
        if (terminal.Json)
            HistoryJson.WriteUptime(terminal, reply);
        else
            HistoryText.WriteUptime(terminal, reply);
        return (int)ExitCode.Done;
    }

    private static HistoryRequest RequestOf(string[] checks, TimeSpan since, string[] nodes) => new()
    {
        Checks = { checks },
        SpanMs = (long)since.TotalMilliseconds,
        Nodes = { nodes },
        Outages = MostOutages,
    };

    private int Refuse(HistoryReply reply) => terminal.Fail(ExitCode.Failed, reply.Fault.Length > 0 ? reply.Fault : "the daemon told nothing");
}
