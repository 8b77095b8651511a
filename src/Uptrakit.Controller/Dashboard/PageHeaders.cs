namespace Uptrakit.Controller.Dashboard;

/// <summary>What every answer tells the browser: whose scripts run, who may frame it, what is kept.</summary>
/// <remarks>
/// No script runs but those of <see cref="AssetStore"/>: none in the page, none from elsewhere, none from text. Styles may stand in
/// attributes, because MudBlazor measures and places its popovers that way; style elements may not.
/// </remarks>
internal sealed class PageHeaders : IStartupFilter
{
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src-elem 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    /// <summary>First in the house, so that refusals and failures have them too.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (context, rest) =>
        {
            Set(context.Response.Headers);
            return rest(context);
        });
        next(app);
    };

    private static void Set(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        // Pages show names, keys and, once, tokens: no cache keeps them. What may be kept says so itself.
        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
    }
}
