using Microsoft.AspNetCore.Http;

namespace Uptrakit.Qu.Web;

/// <summary>What every answer tells the browser: nothing from elsewhere, nothing inline, no frame around it.</summary>
internal static class PageHeaders
{
    private const string Base = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Of public pages: no script at all.</summary>
    public const string Policy = Base;

    /// <summary>Of the operator's view: our own script, which fetches the view anew.</summary>
    public const string OperatorPolicy = Base + "; script-src 'self'; connect-src 'self'";

    /// <summary>Our own forms must say where they come from: with "no-referrer" a browser sends "null" as the origin of a form.</summary>
    public static void SetOperator(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = OperatorPolicy;
        headers["Referrer-Policy"] = "same-origin";
    }

    /// <summary>First, so that refusals have them too. What may be kept or shown elsewhere says so itself.</summary>
    public static void Set(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.CacheControl = "no-store";
    }
}
