using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Gateway;

/// <summary>Does once, before the port is open, what is done whenever a Service connects.</summary>
/// <remarks>
/// A question to the database is compiled when it is put first, and the machine's store of certificates is read at the first chain, both under
/// a lock. After a restart a thousand Services come at once: all but one of them would wait in threads, which then lack to whoever could go on.
/// </remarks>
internal sealed class GatewayWarmth(IAuthorityStore store, AuthorityKeys keys, GatewayService gateway, TimeProvider clock) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        LiveCa issuing = keys.Current.Issuing;
        if (issuing.Above.Count > 0)
            OfflineChain.Holds(issuing.Certificate, issuing.Above, usage: null, clock.GetUtcNow());
        await store.FindIssuedAsync(Guid.Empty, "00", cancellationToken);
        await gateway.IsRevokedAsync(Guid.Empty, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
