using System.Globalization;
using Microsoft.AspNetCore.Http;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>One check for the operator: who sees what, and what can be done about it without a command line.</summary>
/// <remarks>A page of its own: the list is fetched anew every few seconds, under the fingers of whoever fills in a form.</remarks>
internal sealed class OperatorCheckPage(WebOptions options, WebSources sources, OperatorDoor door, OperatorDesk desk, TimeProvider clock)
{
    private static readonly Func<string, string> Nothing = static _ => "";

    public static string PathOf(Check check) => $"{OperatorPage.Path}/checks/{check.Id}";

    public async Task ServeAsync(HttpContext context)
    {
        if (!door.Exists)
            await Answers.NotFoundAsync(context);
        else if (!door.IsOpen(context))
            await LoginPage.SendAsync(context, options, wrong: null);
        else if (Asked(context) is { } check)
            await ShowAsync(context, check, Nothing, refused: null);
        else
            await Answers.NotFoundAsync(context);
    }

    /// <summary>The browser is sent to the page again when it is done, so that loading that anew repeats nothing.</summary>
    public async Task ChangeAsync(HttpContext context)
    {
        if (!door.Exists || !OperatorDoor.IsOwnForm(context.Request))
        {
            await Answers.NotFoundAsync(context);
            return;
        }

        if (door.FormKey(context) is null)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await LoginPage.SendAsync(context, options, "The session has ended, and nothing was changed.");
            return;
        }

        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (!door.IsFormOf(context, form["key"].ToString()))
        {
            await Answers.TextAsync(context, StatusCodes.Status403Forbidden, "That form is of another session: nothing was changed. Load the page again.\n");
            return;
        }

        if (Asked(context) is not { } check)
        {
            await Answers.NotFoundAsync(context);
            return;
        }

        string Field(string name) => form[name].ToString();
        (Command? command, string? fault) = OperatorChange.Of(Field("do"), sources.State.State, check, Field, clock.GetUtcNow());
        OperatorDesk.Refused? refused = command is null ? new(StatusCodes.Status400BadRequest, "invalid", fault!) : await desk.ChangeAsync(context, check, command);
        if (refused is not null)
        {
            await ShowAsync(context, check, Field, refused);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = PathOf(check);
    }

    private Check? Asked(HttpContext context) => sources.State.State.Checks.TryGet(context.Request.RouteValues["id"] as string ?? "", out Check? check) ? check : null;

    private async Task ShowAsync(HttpContext context, Check check, Func<string, string> typed, OperatorDesk.Refused? refused)
    {
        IReadOnlyDictionary<string, CheckSight> sights = await sources.Standing.NowAsync([check.Id], context.RequestAborted);
        ClusterState state = sources.State.State;
        DateTimeOffset now = clock.GetUtcNow();
        Html page = new();
        StatusPage.Head(page, $"{check.Name} · {options.Title}");
        page.Raw("<main><p class=back><a href=/operator>All checks</a></p><h1>").Text(check.Name).Raw("</h1>");
        if (refused is not null)
        {
            page.Raw("<p class=\"notice d\" role=alert>Nothing was changed: ").Text(refused.Message).Raw("</p>");
            context.Response.StatusCode = refused.Status;
        }

        OperatorSight.Standing(page, state, check, sights.GetValueOrDefault(check.Id), now);
        if (door.FormKey(context) is { } key)
            Forms(page, state, check, key, typed, now);
        else
            page.Raw("<p>To change something, <a href=/operator>open the view</a> with the token.</p>");
        await LoginPage.SendAsync(context, page.Raw("</main></body></html>"));
    }

    private static void Forms(Html page, ClusterState state, Check check, string key, Func<string, string> typed, DateTimeOffset now)
    {
        CheckStatus status = state.StatusOf(check.Id);
        if (status.Acknowledged is not null)
            Open(page, check, key).Raw("<h2>Acknowledged</h2><p>No reminders are sent.</p>").Raw(Button(OperatorChange.TakeBack, "Take it back")).Raw("</form>");
        else if (status.Settled == CheckState.Down)
            Acknowledge(page, check, key, typed);
        Maintenance(page, state, check, key, typed, now);
        Open(page, check, key).Raw("<h2>").Raw(check.Enabled ? "Switch off" : "Switch on").Raw("</h2><p>")
            .Raw(check.Enabled ? "It is not probed, and leaves the status page, until it is switched on." : "It is off: not probed, and not on the status page.").Raw("</p>")
            .Raw(check.Enabled ? Button(OperatorChange.Disable, "Switch off") : Button(OperatorChange.Enable, "Switch on")).Raw("</form>");
    }

    private static void Acknowledge(Html page, Check check, string key, Func<string, string> typed)
    {
        Open(page, check, key).Raw("<h2>Acknowledge</h2><p>Say that somebody looks after it: no more reminders.</p>"
            + "<p><label for=by>Who</label><input id=by name=by required maxlength=64 autocomplete=name value=\"").Text(typed("by"))
            .Raw("\"></p><p><label for=until>Until</label><select id=until name=for>");
        Times(page, typed("for"), "", ["1h", "4h", "8h", "1d", "3d", "7d", "30d"]);
        page.Raw("</select></p><p><label for=note>Note for the others</label><input id=note name=note maxlength=256 value=\"").Text(typed("note"))
            .Raw("\"></p>").Raw(Button(OperatorChange.Acknowledge, "Acknowledge", main: true)).Raw("</form>");
    }

    private static void Maintenance(Html page, ClusterState state, Check check, string key, Func<string, string> typed, DateTimeOffset now)
    {
        foreach (MaintenanceWindow window in state.Windows.Values.Where(window => MaintenanceWindows.Covers(window, check)))
        {
            if (MaintenanceWindows.OpenUntil(window, now) is not { } until)
                continue;
            Open(page, check, key).Raw("<h2>Under maintenance</h2><p><strong>").Text(window.Name).Raw("</strong> until ").Time(until).Raw("</p>");
            if (OperatorChange.IsOnlyFor(window, check))
                page.Raw("<input type=hidden name=window value=").Text(window.Id).Raw(">").Raw(Button(OperatorChange.End, "End it now"));
            page.Raw("</form>");
            return;
        }

        string name = typed("name") is { Length: > 0 } given ? given : DefaultName(check, now);
        Open(page, check, key).Raw("<h2>Maintenance</h2><p>Nothing is told of it for a time. Readers of the status page see the name.</p>"
            + "<p><label for=name>Name</label><input id=name name=name required maxlength=64 value=\"").Text(name)
            .Raw("\"></p><p><label for=time>For</label><select id=time name=for>");
        Times(page, typed("for"), "2h", ["30m", "1h", "2h", "4h", "8h", "1d"]);
        page.Raw("</select></p>").Raw(Button(OperatorChange.Begin, "Begin")).Raw("</form>");
    }

    /// <summary>Unique, since it has the time in it, and not too long whatever the check is called.</summary>
    private static string DefaultName(Check check, DateTimeOffset now)
    {
        string time = now.UtcDateTime.ToString(" MM-dd HH:mm", CultureInfo.InvariantCulture);
        string name = check.Name.Length + time.Length <= Names.MaxLength ? check.Name : check.Id;
        return name + time;
    }

    private static void Times(Html page, string typed, string usual, string[] times)
    {
        string chosen = typed.Length > 0 ? typed : usual;
        if (usual.Length == 0)
            page.Raw("<option value=\"\">it has recovered</option>");
        foreach (string time in times)
            page.Raw("<option value=").Raw(time).Raw(time == chosen ? " selected>" : ">").Raw(usual.Length == 0 ? "in " : "").Raw(Spelt(time)).Raw("</option>");
    }

    private static string Spelt(string time) => time[..^1] + (time[^1], time[..^1]) switch
    {
        ('m', _) => " minutes",
        ('h', "1") => " hour",
        ('h', _) => " hours",
        (_, "1") => " day",
        _ => " days",
    };

    private static Html Open(Html page, Check check, string key) => page.Raw("<form class=card method=post action=\"").Text(PathOf(check)).Raw("\"><input type=hidden name=key value=").Raw(key).Raw(">");

    private static string Button(string what, string words, bool main = false) => $"<p><button {(main ? "class=main " : "")}name=do value={what}>{words}</button></p>";
}
