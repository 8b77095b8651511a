using Uptrakit.Hosting;

namespace Uptrakit.Controller.Host;

/// <summary>Marks a connection of the port for plain HTTP.</summary>
internal sealed record PlainConnection;

/// <summary>Which door leads where: the control socket to commands, the plain port to what is signed anyway, HTTPS to the rest.</summary>
/// <remarks>
/// Decided by what the router chose, never by the text of a path: the router takes capitals for small letters, and what a
/// comparison of texts lets through it would still find.
/// </remarks>
internal static class Doors
{
    private enum Lead
    {
        ControlSocketOnly,
        PlainToo,
    }

    /// <summary>Whoever comes over the network finds nothing here.</summary>
    public static T ThroughControlSocketOnly<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(Lead.ControlSocketOnly).AllowAnonymous();

    /// <summary>Also on the port for plain HTTP, where there is one.</summary>
    public static T PlainToo<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(Lead.PlainToo);

    /// <summary>Comes after the router.</summary>
    public static Task Middleware(HttpContext context, RequestDelegate next)
    {
        if (Leads(context, LeadOf(context.GetEndpoint())))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Lead? LeadOf(Endpoint? endpoint) => endpoint?.Metadata.OfType<Lead>().Cast<Lead?>().LastOrDefault();

    private static bool Leads(HttpContext context, Lead? lead)
    {
        if (context.Features.Get<ControlCaller>() is not null)
            return lead == Lead.ControlSocketOnly;
        if (context.Features.Get<PlainConnection>() is not null)
            return lead == Lead.PlainToo;
        // Nothing but a TLS handshake of ours sets this: a connection that came some other way gets nowhere.
        return context.Features.Get<ShownKey>() is not null && lead != Lead.ControlSocketOnly;
    }
}
