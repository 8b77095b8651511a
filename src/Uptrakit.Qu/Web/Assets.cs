using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Uptrakit.Qu.Web;

/// <summary>The style sheet, the one script and the icon. Their address changes with their content, so browsers may keep them.</summary>
internal sealed class Assets
{
    private readonly byte[] content;
    private readonly string type;

    private Assets(string name, string type, string text)
    {
        content = Encoding.UTF8.GetBytes(text);
        this.type = type;
        Name = $"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 6))}-{name}";
    }

    public static Assets Style { get; } = new("status.css", "text/css; charset=utf-8", StyleSheet.Text);

    /// <summary>Of the operator's view: fetches what is live every five seconds, and rests while nobody looks.</summary>
    public static Assets Live { get; } = new("live.js", "text/javascript; charset=utf-8", """
        "use strict";
        (() => {
          const live = document.getElementById("live");
          const turn = async () => {
            if (!document.hidden) {
              try {
                const answer = await fetch(location.href, { headers: { "X-Part": "live" }, cache: "no-store" });
                if (answer.status === 401) {
                  location.reload();
                  return;
                }
                if (answer.ok) live.innerHTML = await answer.text();
              } catch {
                // The next turn tries again.
              }
            }
            setTimeout(turn, 5000);
          };
          if (live) setTimeout(turn, 5000);
        })();
        """);

    public static Assets Icon { get; } = new("icon.svg", "image/svg+xml", """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0a6b2d"/><path d="M3 8.5l3.2 3.2L13 5" fill="none" stroke="#fff" stroke-width="2"/></svg>
        """);

    public string Name { get; }

    public string Url => "/assets/" + Name;

    public static Task ServeAsync(HttpContext context)
    {
        string name = context.Request.RouteValues["name"] as string ?? "";
        if (new[] { Style, Live, Icon }.FirstOrDefault(asset => asset.Name == name) is not { } found)
            return Answers.NotFoundAsync(context);
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Answers.SendAsync(context, found.type, found.content);
    }
}
