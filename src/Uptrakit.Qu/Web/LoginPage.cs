using Microsoft.AspNetCore.Http;

namespace Uptrakit.Qu.Web;

/// <summary>Asks for the operator's token.</summary>
internal static class LoginPage
{
    public static Task SendAsync(HttpContext context, WebOptions options, string? wrong)
    {
        Html page = new();
        StatusPage.Head(page, $"Operator · {options.Title}");
        page.Raw("<main class=login><h1>Operator</h1>");
        if (wrong is not null)
            page.Raw("<p class=\"notice d\" role=alert>").Raw(wrong).Raw("</p>");
        page.Raw("<form method=post action=/operator><p><label for=token>Token</label><input id=token name=token type=password autocomplete=current-password required autofocus></p>"
            + "<p><button class=main>Open</button></p></form><p><a href=/>Status page</a></p></main></body></html>");
        return SendAsync(context, page);
    }

    /// <summary>A page of the operator's view.</summary>
    public static Task SendAsync(HttpContext context, Html page)
    {
        PageHeaders.SetOperator(context.Response.Headers);
        return Answers.SendAsync(context, "text/html; charset=utf-8", page.ToBytes());
    }
}
