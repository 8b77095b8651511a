using System.Globalization;
using Microsoft.AspNetCore.Http;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>The incidents as RSS 2.0.</summary>
internal sealed class FeedPage(WebOptions options, WebSources sources, TimeProvider clock)
{
    private const int Most = 100;

    public Task ServeAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=60";
        return Answers.SendAsync(context, "application/rss+xml; charset=utf-8", Render(AddressOf(context.Request)));
    }

    internal byte[] Render(string address)
    {
        ClusterState state = sources.State.State;
        DateTimeOffset now = clock.GetUtcNow();
        Html feed = new();
        feed.Raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel><title>").Text(options.Title)
            .Raw("</title><link>").Text(address).Raw("</link><description>What was down, and when it came back</description><ttl>5</ttl>\n");
        foreach (Outage outage in sources.History.OutagesOf(id => PublicChecks.IsPublic(state, id), now - StatusPage.IncidentTime, now, Most))
        {
            if (state.Checks.TryGet(outage.CheckId, out Check? check))
                Item(feed, check, outage, address);
        }

        return feed.Raw("</channel></rss>\n").ToBytes();
    }

    /// <summary>An end is news of its own: readers show what has a new id.</summary>
    private static void Item(Html feed, Check check, Outage outage, string address)
    {
        string id = $"{check.Id}-{outage.From.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}";
        if (outage.To is { } to)
        {
            Item(feed, id + "-up", $"{check.Name} is up again", address, to,
                $"It was down for {Words.Duration(to - outage.From)}.");
        }

        Item(feed, id + "-down", $"{check.Name} is down", address, outage.From, "It was found down by the nodes that watch it.");
    }

    private static void Item(Html feed, string id, string title, string address, DateTimeOffset at, string text) => feed
        .Raw("<item><title>").Text(title).Raw("</title><link>").Text(address).Raw("</link><guid isPermaLink=\"false\">").Text(id)
        .Raw("</guid><pubDate>").Raw(at.UtcDateTime.ToString("r", CultureInfo.InvariantCulture))
        .Raw("</pubDate><description>").Text(text).Raw("</description></item>\n");

    /// <summary>As the operator says, else as the reader has reached us; the listener takes no host that is none.</summary>
    private string AddressOf(HttpRequest request)
    {
        if (options.PublicUrl is { } told)
            return told.AbsoluteUri;
        return Uri.TryCreate($"{request.Scheme}://{request.Host.Value}/", UriKind.Absolute, out Uri? address) ? address.AbsoluteUri : "/";
    }
}
