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
                await SendAsync(context, Login(wrong: null));
            return;
        }

        string filter = context.Request.Query["q"].ToString();
        filter = filter.Length > MostFilter ? filter[..MostFilter] : filter;
        ClusterState state = sources.State.State;
        Check[] found = [.. state.Checks.Values.Where(check => Matches(state, check, filter))
            .OrderBy(check => Order(state, check)).ThenBy(static check => check.Name, StringComparer.Ordinal)];
        IReadOnlyDictionary<string, CheckSight> sights = await sources.Standing.NowAsync([.. found.Take(MostRows).Select(static check => check.Id)], context.RequestAborted);
        Html page = new();
        await SendAsync(context, part ? Live(page, state, found, sights) : Whole(page, state, filter, found, sights));
    }

    public async Task EnterAsync(HttpContext context)
    {
        if (!door.Exists || !IsOwnForm(context.Request))
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
                await SendAsync(context, Login("Too many wrong tokens from this address. Wait a minute and try again."));
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                await SendAsync(context, Login("That is not the operator's token."));
                break;
        }
    }

    public Task LeaveAsync(HttpContext context)
    {
        if (!IsOwnForm(context.Request))
            return Answers.NotFoundAsync(context);
        door.Leave(context);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = Path;
        return Task.CompletedTask;
    }

    /// <summary>A form on another site must not log anybody in or out here. Every browser of today says where a form was.</summary>
    private static bool IsOwnForm(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site is not ("same-origin" or "none"))
            return false;
        string origin = request.Headers.Origin.ToString();
        return request.HasFormContentType
            && (origin.Length == 0 || origin == "null" || string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)
                || site == "same-origin");
    }

    private static Task SendAsync(HttpContext context, Html page)
    {
        context.Response.Headers.ContentSecurityPolicy = PageHeaders.OperatorPolicy;
        return Answers.SendAsync(context, "text/html; charset=utf-8", page.ToBytes());
    }

    private Html Login(string? wrong)
    {
        Html page = new();
        StatusPage.Head(page, $"Operator · {options.Title}");
        page.Raw("<main><h1>Operator</h1>");
        if (wrong is not null)
            page.Raw("<p class=\"notice d\" role=alert>").Raw(wrong).Raw("</p>");
        return page.Raw("<form method=post action=/operator><p><label for=token>Token</label><br><input id=token name=token type=password autocomplete=current-password required autofocus></p>"
            + "<p><button>Open</button></p></form><p><a href=/>Status page</a></p></main></body></html>");
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
        page.Raw("<tr><th scope=row>").Text(check.Name).Raw("<br><small>").Raw(Words.Of(check.Type)).Raw(" ").Text(check.Target).Raw("</small><td class=")
            .Raw(check.Enabled ? Words.Class(status.State) : "n").Raw(">").Raw(check.Enabled ? Words.Title(status.State) : "Off").Raw(status.Flapping ? " (flapping)" : "").Raw("<td>");
        if (status.SinceMs > 0)
            page.Raw(Words.Duration(now - DateTimeOffset.FromUnixTimeMilliseconds(status.SinceMs)));
        page.Raw("<td>").Raw(sight?.Ok ?? status.Ok).Raw("/").Raw(sight?.Total ?? status.Total).Raw("<td>").Text(sight?.Detail is { Length: > 0 } detail ? detail : status.Detail);
        if (status.Acknowledged is { } known)
        {
            page.Raw("<br><small>Acknowledged by ").Text(known.By);
            if (known.UntilMs > 0)
                page.Raw(" until ").Time(DateTimeOffset.FromUnixTimeMilliseconds(known.UntilMs));
            page.Raw(known.Note.Length > 0 ? ": " : "").Text(known.Note).Raw("</small>");
        }

        page.Raw("<td>");
        foreach (NodeSight node in sight?.Nodes ?? [])
        {
            page.Raw("<div><span class=").Raw(node.Grade switch { ProbeGrade.Up => "u", ProbeGrade.Warn => "w", _ => "d" }).Raw(">").Raw(Words.Of(node.Grade)).Raw("</span> ")
                .Text(Short(node.NodeId)).Raw(" ").Raw(Words.Milliseconds(node.Latency)).Raw(", ").Raw(Words.Duration(node.Age)).Raw(" ago");
            if (node.Grade != ProbeGrade.Up)
                page.Raw(" · ").Text(node.Detail);
            page.Raw(node.Excluded ? " · does not count</div>" : "</div>");
        }

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

    private static string Short(string nodeId) => nodeId.Length > 8 ? nodeId[..8] : nodeId;
}
