using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;

namespace Uptrakit.Services.Session;

/// <content>What comes over a connection, and what is told without being asked.</content>
internal sealed partial class ServiceSession
{
    public async Task WelcomedAsync(GatewayLink link, Welcome welcome, CancellationToken cancel)
    {
        wasWelcomed = true;
        backoff.Reset();
        logger.Connected(link.Stand.ControllerId, link.Address.ToString(), link.Stand.Service.ServiceId, link.Stand.Trust.How.ModeName);
        Keep(link.Address);
        ForgetFormer(link);
        if (welcome.Bundle is { } bundle)
            await BundleAsync(link, bundle, cancel);
    }

    public async Task BundleAsync(GatewayLink link, Bundle bundle, CancellationToken cancel)
    {
        if (await keeper.TakeAsync(link, bundle, cancel))
            await link.SendAsync(new ServiceMessage { Trust = standing.Now.Trust.Report() }, cancel);
    }

    public void RenewalAsked() => renewer.Ask();

    // An address is not an identity: the one that has just proved to be the Controller's is as good as the one before.
    private void Keep(ControllerAddress address)
    {
        try
        {
            lock (standing.Writing)
            {
                ServiceState state = standing.Now.State;
                if (state.Addresses.Contains(address))
                    return;
                state = state with { Addresses = [address] };
                folder.Save(state);
                standing.Note(state);
            }

            logger.AddressStored(address.ToString());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.NotStored(folder.Root, fault.Message);
        }
    }

    // In insecure-tofu to be welcomed says nothing, except of the one that has just been gone back to.
    private void ForgetFormer(GatewayLink link)
    {
        bool known = !link.Stand.Trust.IsStateless || wentBack;
        wentBack = false;
        try
        {
            lock (standing.Writing)
            {
                StoredIdentity service = standing.Now.Service;
                if (!known || service.Former.Count == 0 || !ReferenceEquals(service.Leaf, link.Stand.Service.Leaf))
                    return;
                ServiceState state = standing.Now.State with { Service = service with { Former = [] } };
                folder.DropFormer(state);
                standing.Note(state);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.NotStored(folder.Root, fault.Message);
        }
    }

    private async Task TellFactsAsync(CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(FactsEvery, clock, cancel);
            if (active is not { Welcomed.IsCompletedSuccessfully: true } link)
                continue;
            HostFacts facts = settings.Facts();
            if (facts.Equals(told))
                continue;
            told = facts;
            await link.SendAsync(new ServiceMessage { Facts = facts }, cancel);
        }
    }

    /// <summary>Connects anew beside a connection that lives: that one ends when the new one is taken, not before.</summary>
    /// <returns>The new connection; null when it did not come about, and then a later try is due.</returns>
    private async Task<GatewayLink?> ReplaceAsync(GatewayLink present, CancellationToken cancel)
    {
        ControllerTrust trust = standing.Now.Trust;
        if (trust.IsStateless)
            await contact.LookAsync(present.Address, new ContactRequest { Trust = trust.How }, cancel);
        GatewayLink newer = Open(present.Address);
        bool taken = false;
        try
        {
            using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Task first = await Task.WhenAny(newer.Welcomed, newer.End, Task.Delay(SwapTime, clock, done.Token));
            await done.CancelAsync();
            cancel.ThrowIfCancellationRequested();
            taken = first == newer.Welcomed;
        }
        finally
        {
            if (!taken)
                await newer.DisposeAsync();
        }

        if (taken)
        {
            await present.CloseAsync();
            return newer;
        }

        LinkEnd end = await newer.End;
        logger.SwapFailed(end.Words, SwapRetry.TotalSeconds);
        await Task.WhenAny(present.End, Task.Delay(SwapRetry, clock, cancel));
        cancel.ThrowIfCancellationRequested();
        return null;
    }
}
