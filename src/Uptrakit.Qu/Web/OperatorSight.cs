using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>How a check stands and which member sees what, as the operator's pages show it.</summary>
internal static class OperatorSight
{
    /// <summary>The head of a check's own page.</summary>
    public static void Standing(Html page, ClusterState state, Check check, CheckSight? sight, DateTimeOffset now)
    {
        CheckStatus status = state.StatusOf(check.Id);
        page.Raw("<p class=\"headline ").Raw(check.Enabled ? Words.Class(status.State) : "n").Raw("\" role=status>").Raw(check.Enabled ? Words.Title(status.State) : "Off");
        if (check.Enabled && status.SinceMs > 0)
            page.Raw(" for ").Raw(Words.Duration(now - Moments.Of(status.SinceMs)));
        page.Raw(status.Flapping ? ", flapping" : "").Raw("</p><p>").Raw(Words.Of(check.Type)).Raw(" ").Text(check.Target).Raw("<br><small>").Text(Detail(status, sight)).Raw("</small></p>");
        Acknowledged(page, status);
        page.Raw("<h2>Who sees what</h2><div class=scroll tabindex=0 role=region aria-label=\"Who sees what\"><table><thead><tr><th scope=col>Node<th scope=col>Sees<th scope=col>Latency<th scope=col>When<th scope=col>Detail</tr></thead><tbody>");
        foreach (NodeSight node in sight?.Nodes ?? [])
        {
            page.Raw("<tr><th scope=row>").Text(node.NodeId).Raw("<td class=").Raw(Class(node.Grade)).Raw(">").Raw(Words.Of(node.Grade))
                .Raw("<td>").Raw(Words.Milliseconds(node.Latency)).Raw("<td>").Raw(Words.Duration(node.Age)).Raw(" ago<td>").Text(node.Detail)
                .Raw(node.Excluded ? " (does not count)</tr>" : "</tr>");
        }

        page.Raw("</tbody></table></div>");
        if (sight is null or { Nodes.Count: 0 })
            page.Raw("<p>No votes are known here now.</p>");
    }

    /// <summary>The cells of the list.</summary>
    public static void Votes(Html page, CheckSight? sight)
    {
        foreach (NodeSight node in sight?.Nodes ?? [])
        {
            page.Raw("<div><span class=").Raw(Class(node.Grade)).Raw(">").Raw(Words.Of(node.Grade)).Raw("</span> ")
                .Text(Short(node.NodeId)).Raw(" ").Raw(Words.Milliseconds(node.Latency)).Raw(", ").Raw(Words.Duration(node.Age)).Raw(" ago");
            if (node.Grade != ProbeGrade.Up)
                page.Raw(" · ").Text(node.Detail);
            page.Raw(node.Excluded ? " · does not count</div>" : "</div>");
        }
    }

    public static void Acknowledged(Html page, CheckStatus status)
    {
        if (status.Acknowledged is not { } known)
            return;
        page.Raw("<p class=known>Acknowledged by ").Text(known.By);
        if (known.UntilMs > 0)
            page.Raw(" until ").Time(Moments.Of(known.UntilMs));
        page.Raw(known.Note.Length > 0 ? ": " : "").Text(known.Note).Raw("</p>");
    }

    public static string Detail(CheckStatus status, CheckSight? sight) => sight?.Detail is { Length: > 0 } detail ? detail : status.Detail;

    private static string Class(ProbeGrade grade) => grade switch { ProbeGrade.Up => "u", ProbeGrade.Warn => "w", _ => "d" };

    private static string Short(string nodeId) => nodeId.Length > 8 ? nodeId[..8] : nodeId;
}
