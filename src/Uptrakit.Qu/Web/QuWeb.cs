using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Transport;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Uptrakit.Qu.Web;

/// <summary>The pages, the API, the metrics and the push door of one node, on a listener of their own.</summary>
/// <remarks>A host of its own too: nothing that members and the control socket may call can be reached from here, whatever is mapped there.</remarks>
internal sealed class QuWeb : IAsyncDisposable
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Beat = [HttpMethods.Get, HttpMethods.Post];
    private readonly WebApplication app;

    private QuWeb(WebApplication app) => this.app = app;

    /// <summary>Where it listens, with the port that the system chose.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>What is mapped, for tests.</summary>
    internal IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)app).DataSources.SelectMany(static source => source.Endpoints);

    /// <exception cref="IOException">The address cannot be opened.</exception>
    public static async Task<QuWeb> StartAsync(WebOptions options, WebSources sources, ILoggerFactory loggers, TimeProvider clock, CancellationToken cancel)
    {
        ILogger logger = loggers.CreateLogger<QuWeb>();
        // Nothing is read from the working folder or from ASPNETCORE_ variables: the empty builder knows neither.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddLogging();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => WebListener.Configure(kestrel, options, clock, loggers.CreateLogger<ConnectionGate>()));
        WebApplication app = builder.Build();
        app.Use(next => context => GuardAsync(context, next, logger));
        app.UseRouting();
        Map(app, options, sources, clock, logger);
        QuWeb web = new(app);
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            await web.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        logger.WebServing(web.Address.ToString());
        return web;
    }

    public Task StopAsync(CancellationToken cancel) => app.StopAsync(cancel);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>All routes.</summary>
    internal static void Map(IEndpointRouteBuilder routes, WebOptions options, WebSources sources, TimeProvider clock, ILogger logger)
    {
        OperatorDoor door = new(options.Token, clock, logger);
        PageCache pages = new(() => sources.State.State, clock);
        StatusPage status = new(options, sources, clock);
        OperatorPage operators = new(options, sources, door, clock);
        const string Html = "text/html; charset=utf-8";
        Get(routes, "/", context => pages.ServeAsync(context, "", Html, () => status.Render(null)));
        Get(routes, "/g/{**group}", context =>
        {
            string group = context.Request.RouteValues["group"] as string ?? "";
            return pages.ServeAsync(context, "/g/" + group, Html, () => status.Render(group));
        });
        Get(routes, "/feed.xml", new FeedPage(options, sources, clock).ServeAsync);
        Get(routes, "/badge/{**file}", new BadgePage(sources, clock).ServeAsync);
        Get(routes, "/assets/{name}", Assets.ServeAsync);
        Get(routes, OperatorPage.Path, operators.ServeAsync);
        routes.MapPost(OperatorPage.Path, operators.EnterAsync);
        routes.MapPost(OperatorPage.Path + "/leave", operators.LeaveAsync);
        OperatorDesk desk = new(sources, logger);
        OperatorCheckPage one = new(options, sources, door, desk, clock);
        Get(routes, OperatorPage.Path + "/checks/{id}", one.ServeAsync);
        routes.MapPost(OperatorPage.Path + "/checks/{id}", one.ChangeAsync);
        Api api = new(options, sources, door, clock);
        ApiRoutes.Map(routes, api, new ApiChanges(api, sources, desk, clock), door);
        Get(routes, "/metrics", new MetricsPage(options, sources, door).ServeAsync);
        Get(routes, "/healthz", HealthPages.AliveAsync);
        Get(routes, "/readyz", context => HealthPages.ReadyAsync(context, sources.Health));
        PushDesk push = new(sources);
        routes.MapMethods("/push/{check}", Beat, push.TakeAsync);
        routes.MapMethods("/push/{check}/{key}", Beat, push.TakeAsync);
        routes.Map("/{**rest}", Answers.NotFoundAsync);
    }

    private static void Get(IEndpointRouteBuilder routes, string pattern, RequestDelegate handle) => routes.MapMethods(pattern, Read, handle);

    /// <summary>First in the house: refusals and failures have the headers too, and no failure is told outside.</summary>
    private static async Task GuardAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        PageHeaders.Set(context.Response.Headers);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // The reader went away.
        }
        catch (Exception bad) when (bad is BadHttpRequestException or InvalidDataException)
        {
            int status = bad is BadHttpRequestException http ? http.StatusCode : StatusCodes.Status400BadRequest;
            if (!context.Response.HasStarted)
                await Answers.TextAsync(context, status, "That request cannot be read.\n").ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            // The pattern, not the path: a path may hold a key.
            logger.AnswerFailed((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "", fault);
            if (!context.Response.HasStarted)
                await Answers.TextAsync(context, StatusCodes.Status500InternalServerError, "That failed here; the log says why.\n").ConfigureAwait(false);
        }
    }
}
