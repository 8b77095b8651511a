using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;

namespace Uptrakit.Services.Session;

/// <content>What follows the end of a connection.</content>
internal sealed partial class ServiceSession
{
    /// <summary>The exit code, when the process is to end.</summary>
    private ExitCode? ExitFor(LinkEnd end, ControllerAddress address)
    {
        bool refused = end.Kind is LinkEndKind.NotTrusted or LinkEndKind.NotAdmitted;
        // Revoked is the Controller's last word, said over a verified connection; whoever goes on asking is a nuisance.
        if (end.Kind is not LinkEndKind.Revoked && !(refused && !wasWelcomed))
            return null;
        if (end.Kind is LinkEndKind.NotTrusted)
            logger.TrustRefused(address.ToString(), end.Words);
        else
            logger.Ends(address.ToString(), end.Words);
        return ExitCode.TrustRefused;
    }

    /// <summary>Whether the server is a stranger only because its root was replaced while nobody here was listening.</summary>
    private async Task<bool> WasHandedOverAsync(LinkEnd end, ControllerAddress address, CancellationToken cancel)
    {
        if (end.Kind is not LinkEndKind.NotTrusted
            || await recovery.FindAsync(address, standing.Now.Trust, cancel) is not { } trust || !keeper.Take(trust))
            return false;
        logger.HandedOver(address.ToString());
        return true;
    }

    /// <summary>
    /// Whether the certificate from before the last renewal is tried now: who answered that need not have been the Controller.
    /// Once, until a connection works.
    /// </summary>
    private bool GoesBack(LinkEnd end, ControllerAddress address)
    {
        if (end.Kind is not LinkEndKind.NotAdmitted || wentBack)
            return false;
        try
        {
            lock (standing.Writing)
            {
                ServiceState now = standing.Now.State;
                StoredIdentity service = standing.Now.Service;
                if (service.Former is not [{ } leaf, ..] || clock.GetUtcNow() >= leaf.NotAfter || folder.FormerKey(service) is not { } key)
                    return false;
                now = now with { Service = service with { Chain = service.Former, Former = service.Chain } };
                folder.Save(now);
                standing.Identity(now, key);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.NotStored(folder.Root, fault.Message);
            return false;
        }

        wentBack = true;
        logger.WentBack(address.ToString(), end.Words);
        return true;
    }

    private TimeSpan PauseAfter(LinkEnd end, ControllerAddress address)
    {
        turn++;
        TimeSpan pause;
        switch (end.Kind)
        {
            case LinkEndKind.Restart:
                turn--;
                pause = backoff.PartOf(RestartSpread);
                logger.Restarting(pause.TotalSeconds);
                return pause;
            case LinkEndKind.Replaced:
                pause = ReplacedPause + backoff.PartOf(ReplacedPause);
                logger.Replaced(pause.TotalSeconds);
                return pause;
            case LinkEndKind.NotTrusted:
                // Somebody in between may go away again, as the wireless network of a train does.
                pause = ReplacedPause / 2 + backoff.PartOf(ReplacedPause);
                logger.NotTrusted(address.ToString(), end.Words, pause.TotalSeconds);
                return pause;
            case LinkEndKind.NotAdmitted:
                pause = RefusedPause + backoff.PartOf(RefusedPause);
                logger.NotAdmitted(address.ToString(), end.Words, pause.TotalSeconds);
                return pause;
            default:
                pause = backoff.Next(cheap: clock.GetElapsedTime(tried) < AtOnce);
                logger.Lost(address.ToString(), end.Words, pause.TotalSeconds);
                return pause;
        }
    }
}
