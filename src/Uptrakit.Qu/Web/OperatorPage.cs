using Microsoft.AspNetCore.Http;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>The operator's view: who sees what, with latencies and details. What is wrong stands first.</summary>
internal sealed class OperatorPage(WebOptions options, WebSources sources, OperatorDoor door, TimeProvider clock)
{
    public const string Path = "/operator";
    private const string PartHeader = "X-Part";
    private const int MostRows = 300;
    private const int MostFilter = 64;

    public async Task ServeAsync(HttpContext context)
    {
        if (!door.Exists)
        {
            await Answers.NotFoundAsync(context);
            return;
        }

        bool part = context.Request.Headers.ContainsKey(PartHeader);
        if (!door.IsOpen(context))
        {
            if (part)
                await Answers.TextAsync(context, StatusCodes.Status401Unauthorized, "The session has ended.\n");
            else
                await LoginPage.SendAsync(context, options, wrong: null);
            return;
        }

        string filter = context.Request.Query["q"].ToString();
        filter = filter.Length > MostFilter ? filter[..MostFilter] : filter;
        ClusterState state = sources.State.State;
        Check[] found = [.. state.Checks.Values.Where(check => Matches(state, check, filter))
            .OrderBy(check => Order(state, check)).ThenBy(static check => check.Name, StringComparer.Ordinal)];
        IReadOnlyDictionary<string, CheckSight> sights = await sources.Standing.NowAsync([.. found.Take(MostRows).Select(static check => check.Id)], context.RequestAborted);
        Html page = new();
        await LoginPage.SendAsync(context, part ? Live(page, state, found, sights) : Whole(page, state, filter, found, sights));
    }

    public async Task EnterAsync(HttpContext context)
    {
        if (!door.Exists || !OperatorDoor.IsOwnForm(context.Request))
        {
            await Answers.NotFoundAsync(context);
            return;
        }

        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        switch (door.Enter(context, form["token"].ToString()))
        {
            case OperatorDoor.Entry.Open:
                context.Response.StatusCode = StatusCodes.Status303SeeOther;
                context.Response.Headers.Location = Path;
                break;
            case OperatorDoor.Entry.Later:
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = "10";
                await LoginPage.SendAsync(context, options, "Too many wrong tokens from this address. Wait a minute and try again.");
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                await LoginPage.SendAsync(context, options, "That is not the operator's token.");
                break;
        }
    }

    public Task LeaveAsync(HttpContext context)
    {
        if (!OperatorDoor.IsOwnForm(context.Request))
            return Answers.NotFoundAsync(context);
        door.Leave(context);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = Path;
        return Task.CompletedTask;
    }

    private Html Whole(Html page, ClusterState state, string filter, Check[] found, IReadOnlyDictionary<string, CheckSight> sights)
    {
        StatusPage.Head(page, $"Operator · {options.Title}", operators: true);
        page.Raw("<main class=wide><h1>").Text(options.Title).Raw(" · operator</h1><form method=get action=/operator role=search><p><label for=q>Name, group, tag or state</label> "
            + "<input id=q name=q maxlength=64 value=\"").Text(filter).Raw("\"> <button>Show</button></p></form><div id=live>");
        Live(page, state, found, sights);
        return page.Raw("</div><form method=post action=/operator/leave><p><button>Leave</button> <a href=/>Status page</a></p></form></main></body></html>");
    }

    /// <summary>What the script of the page fetches anew every few seconds.</summary>
    private Html Live(Html page, ClusterState state, Check[] found, IReadOnlyDictionary<string, CheckSight> sights)
    {
        NodeHealth health = sources.Health.Now();
        DateTimeOffset now = clock.GetUtcNow();
        page.Raw("<p>As of ").Time(now).Raw(" on ").Text(health.NodeId).Raw(" (").Text(health.Role).Raw("), quorum ").Raw(health.Quorum ? "yes" : "<strong class=d>no</strong>")
            .Raw(", messages waiting: ").Raw(state.Outbox.Count).Raw("</p>");
        foreach (string warning in health.Warnings)
            page.Raw("<p class=\"notice w\">").Text(warning).Raw("</p>");
        Nodes(page, health, now);
        page.Raw("<h2>Checks</h2><p>").Raw(found.Length).Raw(" of ").Raw(state.Checks.Count).Raw(found.Length > MostRows ? $", the first {MostRows} are shown" : "").Raw("</p>"
            + "<div class=scroll tabindex=0 role=region aria-label=Checks><table><thead><tr><th scope=col>Check<th scope=col>State<th scope=col>Since<th scope=col>Votes<th scope=col>Detail<th scope=col>Who sees what</tr></thead><tbody>");
        foreach (Check check in found.Take(MostRows))
            Row(page, state, check, sights.GetValueOrDefault(check.Id), now);
        return page.Raw("</tbody></table></div>");
    }

    private static void Nodes(Html page, NodeHealth health, DateTimeOffset now)
    {
        page.Raw("<h2>Nodes</h2><div class=scroll tabindex=0 role=region aria-label=Nodes><table><thead><tr><th scope=col>Node<th scope=col>Address<th scope=col>Role<th scope=col>Live<th scope=col>Heard<th scope=col>Version</tr></thead><tbody>");
        foreach (MemberHealth node in health.Nodes)
        {
            page.Raw("<tr><th scope=row>").Text(node.NodeId).Raw(node.NodeId == health.Leader ? " (master)" : "").Raw("<td>").Text(node.Advertise)
                .Raw("<td>").Text(node.Role).Raw(node.Live ? "<td class=u>yes" : "<td class=d>no").Raw("<td>");
            if (node.LastSeen is { } seen)
                page.Raw(Words.Duration(now - seen)).Raw(" ago");
            else
                page.Raw("never");
            page.Raw("<td>").Text(node.Software).Raw("</tr>");
        }

        page.Raw("</tbody></table></div>");
    }

    private static void Row(Html page, ClusterState state, Check check, CheckSight? sight, DateTimeOffset now)
    {
        CheckStatus status = state.StatusOf(check.Id);
        page.Raw("<tr><th scope=row><a href=\"").Text(OperatorCheckPage.PathOf(check)).Raw("\">").Text(check.Name).Raw("</a><br><small>").Raw(Words.Of(check.Type)).Raw(" ").Text(check.Target)
            .Raw("</small><td class=").Raw(check.Enabled ? Words.Class(status.State) : "n").Raw(">").Raw(check.Enabled ? Words.Title(status.State) : "Off").Raw(status.Flapping ? " (flapping)" : "");
        if (check.Enabled && status is { Settled: CheckState.Down, Acknowledged: null })
            page.Raw("<br><a href=\"").Text(OperatorCheckPage.PathOf(check)).Raw("\">Acknowledge</a>");
        page.Raw("<td class=t>");
        if (status.SinceMs > 0)
            page.Raw(Words.Duration(now - Moments.Of(status.SinceMs)));
        page.Raw("<td>").Raw(sight?.Ok ?? status.Ok).Raw("/").Raw(sight?.Total ?? status.Total).Raw("<td>").Text(OperatorSight.Detail(status, sight));
        OperatorSight.Acknowledged(page, status);
        page.Raw("<td>");
        OperatorSight.Votes(page, sight);
        page.Raw("</tr>");
    }

    private static bool Matches(ClusterState state, Check check, string filter) => filter.Length == 0
        || check.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)
        || check.Group.Contains(filter, StringComparison.OrdinalIgnoreCase)
        || check.Tags.Contains(filter)
        || string.Equals(Words.Of(PublicChecks.StateOf(state, check)), filter, StringComparison.OrdinalIgnoreCase);

    private static int Order(ClusterState state, Check check) => !check.Enabled ? 9 : PublicChecks.StateOf(state, check) switch
    {
        CheckState.Down => 0,
        CheckState.Degraded => 1,
        CheckState.Warn => 2,
        CheckState.Unknown => 3,
        CheckState.Maintenance => 4,
        _ => 5,
    };
}
