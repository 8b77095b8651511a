using Microsoft.AspNetCore.Http;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Verdicts;

namespace Uptrakit.Qu.Web;

/// <summary>The answers of <c>/api/v1</c>, each made from what this node knows.</summary>
internal sealed class Api(WebOptions options, WebSources sources, OperatorDoor door, TimeProvider clock)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(90);

    public Task StatusAsync(HttpContext context)
    {
        ClusterState state = sources.State.State;
        NodeHealth health = sources.Health.Now();
        bool inside = door.IsOpen(context);
        List<(string Group, List<Check> Checks)> groups = PublicChecks.Grouped(state);
        CheckState[] states = [.. groups.SelectMany(static g => g.Checks).Select(check => PublicChecks.StateOf(state, check))];
        int Count(CheckState wanted) => states.Count(s => s == wanted);
        ApiStatus answer = new(
            options.Title,
            clock.GetUtcNow(),
            Words.Of(PublicChecks.Worst(states)),
            health is { Quorum: true, Fresh: true },
            new(Count(CheckState.Up), Count(CheckState.Warn), Count(CheckState.Degraded), Count(CheckState.Down), Count(CheckState.Unknown), Count(CheckState.Maintenance)),
            [.. groups.Select(g => new ApiGroup(g.Group, Words.Of(PublicChecks.Worst(g.Checks.Select(c => PublicChecks.StateOf(state, c)))), g.Checks.Count))])
        {
            Node = inside
                ? new(health.NodeId, health.Role, health.Leader, health.Quorum, health.Fresh, health.Term, health.Applied, state.Version, state.Outbox.Count, health.Warnings)
                : null,
        };
        return Answers.JsonAsync(context, ApiJson.Default.ApiStatus, answer);
    }

    public async Task ChecksAsync(HttpContext context)
    {
        ClusterState state = sources.State.State;
        bool inside = door.IsOpen(context);
        Check[] checks = [.. state.Checks.Values.Where(check => inside || PublicChecks.IsPublic(check)).OrderBy(static check => check.Name, StringComparer.Ordinal)];
        IReadOnlyDictionary<string, CheckSight>? sights = inside
            ? await sources.Standing.NowAsync([.. checks.Take(StandingCount.MaxVotesOf).Select(static check => check.Id)], context.RequestAborted)
            : null;
        await Answers.JsonAsync(context, ApiJson.Default.ApiChecks, new([.. checks.Select(check => Of(state, check, sights))]));
    }

    public async Task CheckAsync(HttpContext context)
    {
        bool inside = door.IsOpen(context);
        if (Asked(context, inside) is not { } check)
        {
            await NotFoundAsync(context);
            return;
        }

        IReadOnlyDictionary<string, CheckSight>? sights = inside ? await sources.Standing.NowAsync([check.Id], context.RequestAborted) : null;
        DateTimeOffset now = clock.GetUtcNow();
        double? Share(int days) => sources.History.UptimeOf(check.Id, now.AddDays(-days), now).Share;
        await Answers.JsonAsync(context, ApiJson.Default.ApiCheck,
            Of(sources.State.State, check, sights) with { Uptime = new(Share(7), Share(30), Share(90)) });
    }

    public Task HistoryAsync(HttpContext context)
    {
        if (Asked(context, inside: true) is not { } check)
            return NotFoundAsync(context);
        if (!ApiRange.TryRead(context.Request, clock.GetUtcNow(), TimeSpan.FromDays(1), out DateTimeOffset from, out DateTimeOffset to))
            return BadRangeAsync(context);
        HistoryCurve curve = sources.History.Curve(check.Id, from, to, 500);
        return Answers.JsonAsync(context, ApiJson.Default.ApiHistory, new(
            check.Id,
            sources.Health.Now().NodeId,
            from,
            to,
            curve.Step.TotalSeconds,
            sources.History.UptimeOf(check.Id, from, to).Share,
            Of(sources.History.Summary(check.Id, from, to)),
            [.. curve.Points.Select(static point => new ApiPoint(point.At, Of(point.Results)))]));
    }

    public Task OutagesAsync(HttpContext context)
    {
        bool inside = door.IsOpen(context);
        ClusterState state = sources.State.State;
        DateTimeOffset now = clock.GetUtcNow();
        if (!ApiRange.TryRead(context.Request, now, StatusPage.IncidentTime, out DateTimeOffset from, out DateTimeOffset to))
            return BadRangeAsync(context);
        // Without the token: as far back as the page shows.
        if (!inside && from < now - StatusPage.IncidentTime)
            from = now - StatusPage.IncidentTime;
        List<ApiOutage> outages = [];
        foreach (Outage outage in sources.History.OutagesOf(id => inside || PublicChecks.IsPublic(state, id), from, to, 500))
        {
            if (state.Checks.TryGet(outage.CheckId, out Check? check))
                outages.Add(new(check.Id, check.Name, outage.From, outage.To, ((outage.To ?? now) - outage.From).TotalSeconds) { Detail = inside ? outage.Detail : null });
        }

        return Answers.JsonAsync(context, ApiJson.Default.ApiOutages, new(outages));
    }

    public Task NodesAsync(HttpContext context)
    {
        NodeHealth health = sources.Health.Now();
        return Answers.JsonAsync(context, ApiJson.Default.ApiNodes, new(
            [.. health.Nodes.Select(node => new ApiNode(
                node.NodeId, node.Advertise, node.Role, node.Live, node.NodeId == health.Leader, node.LastSeen, node.Software, node.ClockOffset.TotalSeconds,
                node.Excluded))]));
    }

    /// <summary>Not where they go: the URL of most is a secret, and the others name people.</summary>
    public Task AlertsAsync(HttpContext context) => Answers.JsonAsync(context, ApiJson.Default.ApiAlerts, new(
        [.. sources.State.State.Alerts.Values.OrderBy(static alert => alert.Name, StringComparer.Ordinal)
            .Select(static alert => new ApiAlert(alert.Id, alert.Name, Words.Of(alert.Type), alert.Enabled, alert.IsDefault, alert.WatchesCluster, alert.AfterMs / 1000.0, alert.ChangedIn))]));

    public Task MaintenanceAsync(HttpContext context)
    {
        bool inside = door.IsOpen(context);
        ClusterState state = sources.State.State;
        DateTimeOffset now = clock.GetUtcNow();
        bool Shown(string id) => state.Checks.TryGet(id, out Check? check) && (inside || PublicChecks.IsPublic(check));
        return Answers.JsonAsync(context, ApiJson.Default.ApiMaintenance, new(
            [.. sources.State.Maintenance(now, now + (inside ? Ahead : StatusPage.IncidentTime)).Take(500)
                .Select(window => new ApiWindow(window.Id, window.Name, window.From, window.To, window.All, [.. window.CheckIds.Where(Shown)]))
                .Where(window => inside || window.All || window.CheckIds.Count > 0)]));
    }

    private Check? Asked(HttpContext context, bool inside) =>
        sources.State.State.Checks.TryFind(context.Request.RouteValues["id"] as string ?? "", out Check? check) && (inside || PublicChecks.IsPublic(check)) ? check : null;

    internal static Task NotFoundAsync(HttpContext context) =>
        Answers.ProblemAsync(context, StatusCodes.Status404NotFound, "not_found", "there is no such check, or it is not shown");

    private static Task BadRangeAsync(HttpContext context) => Answers.ProblemAsync(
        context, StatusCodes.Status400BadRequest, "bad_range", "the range is none: write since=24h, or from= and to= as 2026-01-31T12:00:00Z, the earlier one first");

    private static ApiCheck Of(ClusterState state, Check check, IReadOnlyDictionary<string, CheckSight>? sights)
    {
        CheckStatus status = state.StatusOf(check.Id);
        return new(check.Id, check.Name, check.Group, check.Description, check.Enabled ? Words.Of(status.State) : "disabled", Time(status.SinceMs))
        {
            Inside = sights is null ? null : Inside(check, status, sights.GetValueOrDefault(check.Id)),
        };
    }

    private static ApiCheckInside Inside(Check check, CheckStatus status, CheckSight? sight) => new(
        Words.Of(check.Type),
        check.Target,
        check.Enabled,
        check.Hidden,
        [.. check.Tags],
        [.. check.ParentIds],
        check.IntervalMs / 1000.0,
        check.TimeoutMs / 1000.0,
        check.ChangedIn,
        sight?.Ok ?? status.Ok,
        sight?.Total ?? status.Total,
        sight?.Detail is { Length: > 0 } detail ? detail : status.Detail,
        status.Flapping,
        status.Acknowledged is { } known ? new(known.By, Moments.Of(known.AtMs), Time(known.UntilMs), known.Note) : null,
        [.. (sight?.Nodes ?? []).Select(static node => new ApiSight(node.NodeId, Words.Of(node.Grade), node.Latency.TotalMilliseconds, node.Age.TotalMilliseconds, node.Detail)
        {
            Excluded = node.Excluded ? true : null,
        })]);

    private static ApiResults Of(ProbeSummary sum) => new(
        sum.Count,
        sum.Failures,
        sum.Warnings,
        sum.Mean.TotalMilliseconds,
        sum.Least.TotalMilliseconds,
        sum.Most.TotalMilliseconds,
        sum.P50.TotalMilliseconds,
        sum.P90.TotalMilliseconds,
        sum.P95.TotalMilliseconds,
        sum.P99.TotalMilliseconds);

    private static DateTimeOffset? Time(long ms) => ms > 0 ? Moments.Of(ms) : null;
}
