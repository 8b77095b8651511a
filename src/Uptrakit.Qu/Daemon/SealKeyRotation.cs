using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Daemon;

/// <summary>Gives this node another key for sealed secrets.</summary>
/// <remarks>
/// The new key is told together with all that this node can open, wrapped for it: there is no moment in which it can open nothing. What
/// the former key could open is retired with it, and the leader seals all secrets anew.
/// </remarks>
internal sealed class SealKeyRotation(
    Keyring keys, StateStore store, Func<Command, CancellationToken, Task<ProposalResult>> propose, ILogger logger)
{
    public async Task RotateAsync(string node, CancellationToken cancel)
    {
        ClusterState state = store.State;
        if (!state.Peers.TryGetValue(node, out Peer? me))
            return;
        SealKey next = keys.Own.Prepare();
        SetSealKey set = new() { NodeId = node, PublicKey = next.PublicKey };
        Peer then = me.Clone();
        then.SealKey = next.PublicKey;
        foreach (SealingKey key in state.SealingKeys.Where(key => SealShapes.IsFor(then, key.Audience)))
        {
            if (keys.TryKey(state, key, out byte[]? secret) && SealWraps.Of(secret, state.ClusterId, key, then) is { } wrap)
                set.Wraps.Add(new NewWrap { KeyId = key.Id, Wrap = wrap });
        }

        ProposalResult result = await propose(new Command { SetSealKey = set }, cancel).ConfigureAwait(false);
        if (result.Outcome is { Status: OutcomeStatus.Done })
            keys.Own.Settle(next.PublicKey);
        else
            // Both keys stay on the disk; if it was taken after all, the node's own entry shows it.
            logger.SealKeyStays(result.Outcome?.Message ?? result.Words);
    }
}
