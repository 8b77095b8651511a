using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Uptrakit.Qu.Web;

/// <summary>One route of the API, as it is mapped and as it is described.</summary>
/// <param name="Path">Below <c>/api/v1</c>.</param>
/// <param name="Name">Of the operation.</param>
/// <param name="Summary">In a sentence.</param>
/// <param name="NeedsToken">Without the operator's token there is nothing.</param>
/// <param name="Ranged">It takes since, from and to.</param>
/// <param name="Answer">The shape of the answer.</param>
/// <param name="Handle">Makes it.</param>
internal sealed record ApiRoute(string Path, string Name, string Summary, bool NeedsToken, bool Ranged, JsonTypeInfo Answer, RequestDelegate Handle)
{
    public string Method { get; init; } = HttpMethods.Get;

    /// <summary>The shape of what is sent.</summary>
    public JsonTypeInfo? Body { get; init; }

    /// <summary>It changes something: then a session's cookie is not enough.</summary>
    public bool Changes => !HttpMethods.IsGet(Method);
}

/// <summary>The routes of the API: the list is what is mapped and what the document says.</summary>
internal static class ApiRoutes
{
    public const string Root = "/api/v1";
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    public static IReadOnlyList<ApiRoute> Of(Api api, ApiChanges changes) =>
    [
        new("/status", "getStatus", "All in a few numbers; with the token also this node.", false, false, ApiJson.Default.ApiStatus, api.StatusAsync),
        new("/checks", "listChecks", "The checks of the status page; with the token all of them, with targets, details and who sees what.", false, false,
            ApiJson.Default.ApiChecks, api.ChecksAsync),
        new("/checks/{id}", "getCheck", "One check, by id or name, with its uptime.", false, false, ApiJson.Default.ApiCheck, api.CheckAsync),
        new("/checks/{id}/history", "getHistory", "What this node's probes came to, at the finest resolution that fits, and the uptime by the cluster's vote.", true, true,
            ApiJson.Default.ApiHistory, api.HistoryAsync),
        new("/checks/{id}/acknowledge", "acknowledgeCheck", "Says that somebody looks after a check that is down, so that no reminders are sent: for a time (for), until a moment (until), or until it has recovered.",
            true, false, ApiJson.Default.ApiCheck, changes.AcknowledgeAsync) { Method = HttpMethods.Post, Body = ApiJson.Default.ApiAcknowledge },
        new("/checks/{id}/acknowledge", "takeBackAcknowledgement", "Takes it back.", true, false, ApiJson.Default.ApiCheck, changes.TakeBackAsync) { Method = HttpMethods.Delete },
        new("/outages", "listOutages", "What was down, the newest first; without the token the last 14 days of the status page's checks.", false, true,
            ApiJson.Default.ApiOutages, api.OutagesAsync),
        new("/nodes", "listNodes", "The members of the cluster, as this node knows them.", true, false, ApiJson.Default.ApiNodes, api.NodesAsync),
        new("/alerts", "listAlerts", "The alerts, without where they go and without their secrets.", true, false, ApiJson.Default.ApiAlerts, api.AlertsAsync),
        new("/maintenance", "listMaintenance", "Maintenance that is open or planned.", false, false, ApiJson.Default.ApiMaintenance, api.MaintenanceAsync),
    ];

    public static void Map(IEndpointRouteBuilder routes, Api api, ApiChanges changes, OperatorDoor door)
    {
        IReadOnlyList<ApiRoute> all = Of(api, changes);
        foreach (ApiRoute route in all)
            routes.MapMethods(Root + route.Path, route.Changes ? [route.Method] : Read, Guarded(route, door));
        byte[] document = ApiDocument.Render(all);
        routes.MapMethods(Root + "/openapi.json", Read, (RequestDelegate)(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=3600";
            return Answers.SendAsync(context, "application/json; charset=utf-8", document);
        }));
    }

    /// <summary>A wrong token is refused everywhere: who shows one wants more than the public answer.</summary>
    private static RequestDelegate Guarded(ApiRoute route, OperatorDoor door) => context =>
    {
        bool shown = context.Request.Headers.Authorization.Count > 0;
        OperatorDoor.Entry entry = route.Changes ? door.OfToken(context) : shown || route.NeedsToken ? door.Of(context) : OperatorDoor.Entry.Open;
        switch (entry)
        {
            case OperatorDoor.Entry.Open:
                return route.Handle(context);
            case OperatorDoor.Entry.Later:
                context.Response.Headers.RetryAfter = "10";
                return Answers.ProblemAsync(context, StatusCodes.Status429TooManyRequests, "too_many_attempts", "too many wrong tokens from this address; wait a minute");
            default:
                context.Response.Headers.WWWAuthenticate = "Bearer";
                return Answers.ProblemAsync(context, StatusCodes.Status401Unauthorized, "unauthorized", "this needs the operator's token: Authorization: Bearer <token>");
        }
    };
}
