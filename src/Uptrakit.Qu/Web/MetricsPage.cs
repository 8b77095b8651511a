using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>What Prometheus scrapes: what this node knows, one series for each check in a family.</summary>
internal sealed class MetricsPage(WebOptions options, WebSources sources, OperatorDoor door)
{
    public Task ServeAsync(HttpContext context)
    {
        OperatorDoor.Entry entry = options.PublicMetrics ? OperatorDoor.Entry.Open : door.Of(context);
        if (entry == OperatorDoor.Entry.Open)
            return Answers.SendAsync(context, "text/plain; version=0.0.4; charset=utf-8", Render());
        if (entry == OperatorDoor.Entry.Later)
            return Answers.TextAsync(context, StatusCodes.Status429TooManyRequests, "Too many wrong tokens from this address.\n");
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Answers.TextAsync(context, StatusCodes.Status401Unauthorized, "Metrics need the operator's token: Authorization: Bearer <token>\n");
    }

    internal byte[] Render()
    {
        MetricsWriter metrics = new();
        NodeHealth health = sources.Health.Now();
        ClusterState state = sources.State.State;
        Cluster(metrics, state, health);
        Checks(metrics, state, health.NodeId);
        Probes(metrics);
        OwnProcess(metrics);
        return metrics.ToBytes();
    }

    private static void Cluster(MetricsWriter metrics, ClusterState state, NodeHealth health)
    {
        metrics.Family("qu_quorum", "gauge", "Whether this node sees a quorum.").Sample(health.Quorum ? 1 : 0);
        metrics.Family("qu_leader", "gauge", "Whether this node leads the cluster.").Sample(health.NodeId == health.Leader ? 1 : 0);
        metrics.Family("qu_term", "gauge", "The term of the consensus engine.").Sample(health.Term);
        metrics.Family("qu_applied_index", "gauge", "The place in the log that this node has applied.").Sample(health.Applied);
        metrics.Family("qu_config_version", "gauge", "The version of the configuration that this node has applied.").Sample(state.Version);
        metrics.Family("qu_outbox_pending", "gauge", "Alert messages that are not delivered yet.").Sample(state.Outbox.Count);
        metrics.Family("qu_node_live", "gauge", "Whether this node hears the member.");
        foreach (MemberHealth node in health.Nodes)
            metrics.Sample(node.Live ? 1 : 0, ("node", node.NodeId), ("role", node.Role));
        metrics.Family("qu_node_excluded", "gauge", "Whether the member's votes do not count, because it fails most checks that the others see up.");
        foreach (MemberHealth node in health.Nodes)
            metrics.Sample(node.Excluded ? 1 : 0, ("node", node.NodeId));
        metrics.Family("qu_node_clock_offset_seconds", "gauge", "The member's clock minus this node's.");
        foreach (MemberHealth node in health.Nodes)
            metrics.Sample(node.ClockOffset.TotalSeconds, ("node", node.NodeId));
    }

    private void Checks(MetricsWriter metrics, ClusterState state, string nodeId)
    {
        Check[] checks = [.. state.Checks.Values.Where(static check => check.Enabled)];
        Dictionary<CheckState, int> counts = checks.GroupBy(check => PublicChecks.StateOf(state, check)).ToDictionary(static g => g.Key, static g => g.Count());
        metrics.Family("qu_checks", "gauge", "Enabled checks by their state.");
        foreach (CheckState each in Enum.GetValues<CheckState>())
            metrics.Sample(counts.GetValueOrDefault(each), ("state", Words.Of(each)));
        metrics.Family("qu_check_up", "gauge", "The cluster's verdict: 1 up, warn or degraded, 0 down; no sample while it is unknown or in maintenance.");
        foreach (Check check in checks)
        {
            CheckState now = PublicChecks.StateOf(state, check);
            if (now is not CheckState.Unknown and not CheckState.Maintenance)
                metrics.Sample(now == CheckState.Down ? 0 : 1, Labels(check, nodeId));
        }

        metrics.Family("qu_check_latency_seconds", "gauge", "How long the last probe of this node took that did not fail.");
        foreach (Check check in checks)
        {
            if (sources.Latest.Of(check.Id) is { Grade: not ProbeGrade.Down } last)
                metrics.Sample(last.Latency.TotalSeconds, Labels(check, nodeId));
        }
    }

    private static (string Name, string Value)[] Labels(Check check, string nodeId) =>
        [("check", check.Name), ("id", check.Id), ("group", check.Group), ("node", nodeId)];

    private void Probes(MetricsWriter metrics)
    {
        metrics.Family("qu_probes_total", "counter", "Probes of this node by what they came to.");
        foreach (ProbeGrade grade in Enum.GetValues<ProbeGrade>())
            metrics.Sample(sources.Latest.CountOf(grade), ("result", Words.Of(grade)));
        metrics.Family("qu_probe_duration_seconds", "histogram", "How long the probes of this node took, of all checks together.");
        long[] counts = sources.Latest.Durations();
        long sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            sum += counts[i];
            double bound = i < LatencyBuckets.UpperUs.Length ? LatencyBuckets.UpperUs[i] / 1e6 : double.PositiveInfinity;
            metrics.Sample("_bucket", sum, ("le", double.IsInfinity(bound) ? "+Inf" : bound.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
        }

        metrics.Sample("_sum", sources.Latest.DurationSum.TotalSeconds).Sample("_count", sum);
    }

    private static void OwnProcess(MetricsWriter metrics)
    {
        using Process self = Process.GetCurrentProcess();
        metrics.Family("process_cpu_seconds_total", "counter", "CPU time that this process has used.").Sample(self.TotalProcessorTime.TotalSeconds);
        metrics.Family("process_resident_memory_bytes", "gauge", "Memory of this process that is resident.").Sample(self.WorkingSet64);
        metrics.Family("process_start_time_seconds", "gauge", "When this process began, since the Unix epoch.")
            .Sample((self.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
    }
}
