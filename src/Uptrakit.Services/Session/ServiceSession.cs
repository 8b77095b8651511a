using Microsoft.Extensions.Logging;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;

namespace Uptrakit.Services.Session;

/// <summary>Keeps a connection to the Controller until the process is to end.</summary>
/// <remarks>
/// A refusal at the first contact ends the process: nobody has seen it work, so somebody looks. Later ones do not: what
/// has worked may work again, and a host that lost its agent for an hour's trouble at the Controller would be a second loss.
/// </remarks>
internal sealed partial class ServiceSession : ILinkListener, IDisposable
{
    // After a refusal that somebody has to mend, asking every minute would only fill logs.
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ReplacedPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RestartSpread = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FactsEvery = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan SwapTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SwapRetry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private readonly SessionSettings settings;
    private readonly StateFolder folder;
    private readonly Standing standing;
    private readonly Contact contact;
    private readonly TrustKeeper keeper;
    private readonly Renewer renewer;
    private readonly HandOverRecovery recovery;
    private readonly Backoff backoff;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private volatile GatewayLink? active;
    private HostFacts? told;
    private bool wasWelcomed;
    private bool wentBack;
    private int turn;
    private long tried;

    public ServiceSession(
        SessionSettings settings, StateFolder folder, Standing standing, Contact contact, Func<double> random, TimeProvider clock, ILogger logger)
    {
        this.settings = settings;
        this.folder = folder;
        this.standing = standing;
        this.contact = contact;
        this.clock = clock;
        this.logger = logger;
        backoff = new Backoff(random);
        recovery = new HandOverRecovery(contact);
        keeper = new TrustKeeper(folder, standing, clock, logger);
        renewer = new Renewer(folder, standing, () => active, random, clock, logger);
    }

    public void Dispose()
    {
        keeper.Dispose();
        renewer.Dispose();
    }

    /// <summary>Runs until it is cancelled, or until going on is pointless.</summary>
    public async Task<ExitCode> RunAsync(CancellationToken cancel)
    {
        using CancellationTokenSource chores = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] running = [renewer.RunAsync(chores.Token), TellFactsAsync(chores.Token)];
        try
        {
            while (true)
            {
                (LinkEnd end, ControllerAddress address) = await ConnectAsync(cancel);
                if (await WasHandedOverAsync(end, address, cancel) || GoesBack(end, address))
                    continue;
                if (ExitFor(end, address) is { } exit)
                    return exit;
                await Task.Delay(PauseAfter(end, address), clock, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            logger.Stopped();
            return ExitCode.Done;
        }
        finally
        {
            await chores.CancelAsync();
            await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task<(LinkEnd End, ControllerAddress Address)> ConnectAsync(CancellationToken cancel)
    {
        ControllerAddress address = NextAddress();
        tried = clock.GetTimestamp();
        ControllerTrust trust = standing.Now.Trust;
        if (trust.IsStateless && await contact.LookAsync(address, new ContactRequest { Trust = trust.How }, cancel) is { } failed)
            return (new LinkEnd(failed.IsRefusal ? LinkEndKind.NotTrusted : LinkEndKind.Lost, failed.Words), address);
        if (standing.Now.Service.Leaf is { } leaf && clock.GetUtcNow() >= leaf.NotAfter)
            return (new LinkEnd(LinkEndKind.NotAdmitted, $"this Service's certificate ended at {leaf.NotAfter.ToUniversalTime():u}, while it "
                + "was away: enroll anew with --force-enroll and a new token"), address);

        GatewayLink link = Open(address);
        try
        {
            return (await HoldAsync(link, cancel), address);
        }
        catch (OperationCanceledException)
        {
            await (active ?? link).CloseAsync();
            throw;
        }
        finally
        {
            active = null;
        }
    }

    /// <summary>Holds a connection until it ends; replaces it by one with the new identity as soon as there is one.</summary>
    private async Task<LinkEnd> HoldAsync(GatewayLink first, CancellationToken cancel)
    {
        active = first;
        int version = first.Stand.Version;
        while (true)
        {
            GatewayLink link = active;
            Task over = await Task.WhenAny(link.End, standing.OutdatedAsync(version), Forever(cancel));
            cancel.ThrowIfCancellationRequested();
            if (over == link.End)
            {
                LinkEnd end = await link.End;
                await link.DisposeAsync();
                return end;
            }

            version = standing.Now.Version;
            if (await ReplaceAsync(link, cancel) is { } newer)
                active = newer;
            else if (!link.End.IsCompleted)
                version = -1;
        }
    }

    private GatewayLink Open(ControllerAddress address)
    {
        HostFacts facts = settings.Facts();
        told = facts;
        Stand stand = standing.Now;
        return new GatewayLink(address, stand, new Hello
        {
            Version = VersionAction.Version,
            Kind = settings.Profile.Kind,
            FriendlyName = settings.FriendlyName,
            Facts = facts,
            Trust = stand.Trust.Report(),
        }, this, clock);
    }

    private ControllerAddress NextAddress()
    {
        IReadOnlyList<ControllerAddress> all = settings.Addresses.Count > 0 ? settings.Addresses : standing.Now.State.Addresses;
        return all[turn % all.Count];
    }

    private static Task Forever(CancellationToken cancel) => Task.Delay(Timeout.Infinite, cancel);
}
