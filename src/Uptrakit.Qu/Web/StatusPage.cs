using System.Globalization;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>The public page: groups, ninety days of each check, what was down, and what is planned. It needs no script.</summary>
internal sealed class StatusPage(WebOptions options, WebSources sources, TimeProvider clock)
{
    public const int Days = 90;
    private const int MostIncidents = 50;
    private const int MostNames = 8;
    private const int MostTroubled = 20;
    public static readonly TimeSpan IncidentTime = TimeSpan.FromDays(14);

    /// <summary>The page, or null: there is no such group.</summary>
    public byte[]? Render(string? group)
    {
        ClusterState state = sources.State.State;
        List<(string Group, List<Check> Checks)> groups = PublicChecks.Grouped(state, group);
        if (group is not null && groups.Count == 0)
            return null;
        DateTimeOffset now = clock.GetUtcNow();
        Html page = new();
        Head(page, group is null ? options.Title : $"{group} · {options.Title}");
        page.Raw("<main><h1>").Text(options.Title).Raw("</h1>");
        Headline(page, [.. groups.SelectMany(static each => each.Checks).Select(check => PublicChecks.StateOf(state, check))]);
        Troubled(page, state, groups, now);
        if (group is not null)
            page.Raw("<p><a href=/>All groups</a></p>");
        Planned(page, state, groups, now);
        IReadOnlyDictionary<string, DayRow> days = sources.History.Days(Days);
        foreach ((string name, List<Check> checks) in groups)
            Group(page, state, name, checks, days, linked: group is null);
        Incidents(page, state, groups, now);
        page.Raw("</main><footer><p class=legend>Bars show ").Raw(Days).Raw(" days, today on the right: <span>up</span> <span class=bw>warned or degraded</span> <span class=bp>partly down</span> "
                + "<span class=bd>down</span> <span class=bn>not known</span></p><p>As of ").Time(now)
            .Raw(". Uptime leaves out maintenance and times of which nothing is known. <a href=/feed.xml>RSS</a></p></footer></body></html>");
        return page.ToBytes();
    }

    internal static void Head(Html page, string title, bool operators = false)
    {
        page.Raw("<!DOCTYPE html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\"><meta name=color-scheme content=\"light dark\"><title>")
            .Text(title).Raw("</title><link rel=icon href=\"").Raw(Assets.Icon.Url).Raw("\"><link rel=stylesheet href=\"").Raw(Assets.Style.Url).Raw("\">");
        if (operators)
            page.Raw("<script src=\"").Raw(Assets.Live.Url).Raw("\" defer></script>");
        else
            page.Raw("<link rel=alternate type=application/rss+xml title=Incidents href=/feed.xml>");
        page.Raw("</head><body>");
    }

    private void Headline(Html page, CheckState[] states)
    {
        int down = states.Count(static s => s == CheckState.Down);
        CheckState worst = PublicChecks.Worst(states);
        page.Raw("<p class=\"headline ").Raw(Words.Class(worst)).Raw("\" role=status>").Raw(worst switch
        {
            CheckState.Down => $"{down.ToString(CultureInfo.InvariantCulture)} of {states.Length.ToString(CultureInfo.InvariantCulture)} down",
            CheckState.Degraded or CheckState.Warn => "Some trouble, nothing is down",
            CheckState.Maintenance => "Under maintenance",
            CheckState.Up => "All up",
            _ => states.Length == 0 ? "Nothing is watched here" : "Some states are not known",
        }).Raw("</p>");
        if (sources.Health.Now() is not { Quorum: true, Fresh: true })
            page.Raw("<p class=\"notice n\">The watching nodes do not all hear each other now: what stands here may be out of date.</p>");
    }

    /// <summary>What is wrong now, for whoever does not want to look for it among a thousand.</summary>
    private static void Troubled(Html page, ClusterState state, List<(string Group, List<Check> Checks)> groups, DateTimeOffset now)
    {
        (Check Check, CheckState State)[] troubled = [.. groups.SelectMany(static each => each.Checks)
            .Select(check => (check, PublicChecks.StateOf(state, check)))
            .Where(static each => each.Item2 is CheckState.Down or CheckState.Degraded or CheckState.Warn)
            .OrderBy(static each => each.Item2 != CheckState.Down)];
        if (troubled.Length == 0)
            return;
        page.Raw("<ul class=plain>");
        foreach ((Check check, CheckState bad) in troubled.Take(MostTroubled))
        {
            page.Raw("<li><strong>").Text(check.Name).Raw("</strong> <span class=").Raw(Words.Class(bad)).Raw(">").Raw(Words.Title(bad)).Raw("</span> for ")
                .Raw(Words.Duration(now - Moments.Of(state.StatusOf(check.Id).SinceMs)));
        }

        page.Raw("</ul>");
        if (troubled.Length > MostTroubled)
            page.Raw("<p>And ").Raw(troubled.Length - MostTroubled).Raw(" more.</p>");
    }

    private void Planned(Html page, ClusterState state, List<(string Group, List<Check> Checks)> groups, DateTimeOffset now)
    {
        Dictionary<string, string> shown = groups.SelectMany(static each => each.Checks).ToDictionary(static c => c.Id, static c => c.Name, StringComparer.Ordinal);
        PlannedWindow[] windows = [.. sources.State.Maintenance(now, now + IncidentTime).Where(w => w.All || w.CheckIds.Any(shown.ContainsKey)).Take(20)];
        if (windows.Length == 0)
            return;
        page.Raw("<section aria-labelledby=planned><h2 id=planned>Maintenance</h2><ul class=plain>");
        foreach (PlannedWindow window in windows)
        {
            page.Raw("<li><strong>").Text(window.Name).Raw("</strong> ").Raw(window.From <= now ? "since " : "from ").Time(window.From).Raw(" until ").Time(window.To).Raw("<br>");
            string[] names = window.All ? ["everything"] : [.. window.CheckIds.Select(shown.GetValueOrDefault).OfType<string>().Order(StringComparer.Ordinal)];
            page.Text(string.Join(", ", names.Take(MostNames)));
            if (names.Length > MostNames)
                page.Raw(" and ").Raw(names.Length - MostNames).Raw(" more");
            page.Raw("</li>");
        }

        page.Raw("</ul></section>");
    }

    private static void Group(Html page, ClusterState state, string name, List<Check> checks, IReadOnlyDictionary<string, DayRow> days, bool linked)
    {
        page.Raw("<section><h2>");
        if (name.Length == 0)
            page.Raw("Services");
        else if (linked)
            page.Raw("<a href=\"").Text(PublicChecks.PathOf(name)).Raw("\">").Text(name).Raw("</a>");
        else
            page.Text(name);
        page.Raw("</h2><ul class=checks>");
        foreach (Check check in checks)
        {
            CheckState now = PublicChecks.StateOf(state, check);
            // What is most often there is left out: an em without a class is up.
            page.Raw("<li>").Text(check.Name).Raw("<em").Raw(now == CheckState.Up ? "" : " class=").Raw(now == CheckState.Up ? "" : Words.Class(now)).Raw(">").Raw(Words.Title(now)).Raw("</em>");
            DayRow? row = days.GetValueOrDefault(check.Id);
            DayBars.Draw(page, row?.Days ?? new DayLevel[Days]);
            page.Raw("<i>").Raw(Words.Percent(row?.Uptime.Share)).Raw("</i>");
            if (check.Description.Length > 0)
                page.Raw("<small>").Text(check.Description).Raw("</small>");
        }

        page.Raw("</ul></section>");
    }

    private void Incidents(Html page, ClusterState state, List<(string Group, List<Check> Checks)> groups, DateTimeOffset now)
    {
        HashSet<string> shown = [.. groups.SelectMany(static each => each.Checks).Select(static check => check.Id)];
        page.Raw("<section aria-labelledby=incidents><h2 id=incidents>Last 14 days</h2>");
        Outage[] outages = [.. sources.History.OutagesOf(shown.Contains, now - IncidentTime, now)];
        if (outages.Length == 0)
        {
            page.Raw("<p>Nothing was down.</p></section>");
            return;
        }

        page.Raw("<ul class=plain>");
        foreach (Outage outage in outages.Take(MostIncidents))
        {
            page.Raw("<li><strong>").Text(state.Checks.TryGet(outage.CheckId, out Check? check) ? check.Name : "").Raw("</strong> ");
            if (outage.To is { } to)
                page.Raw("was down for ").Raw(Words.Duration(to - outage.From)).Raw(", from ").Time(outage.From).Raw(" to ").Time(to);
            else
                page.Raw("<span class=d>has been down for ").Raw(Words.Duration(now - outage.From)).Raw("</span>, since ").Time(outage.From);
            page.Raw("</li>");
        }

        page.Raw("</ul>");
        if (outages.Length > MostIncidents)
            page.Raw("<p>And ").Raw(outages.Length - MostIncidents).Raw(" before that.</p>");
        page.Raw("</section>");
    }
}
