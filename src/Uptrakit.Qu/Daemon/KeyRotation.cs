using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>Gives this node another key and keeps its NodeID: the new key is pinned by all before the old one is dropped.</summary>
/// <remarks>Each step may be the last before a crash: run again, it goes on from there.</remarks>
internal sealed class KeyRotation(
    DataFolder folder, OwnIdentity own, StateStore store, Liveness liveness, PeerDirectory directory, SealKeyRotation sealKey,
    Func<Command, CancellationToken, Task<ProposalResult>> propose, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan PinTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private int rotating;

    public async Task<RotateKeyReply> RotateAsync(KeyType keyType, CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref rotating, 1) != 0)
            return new RotateKeyReply { Message = "a rotation is under way" };
        try
        {
            return await RotateOneAsync(keyType, cancel).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return new RotateKeyReply { Message = $"{folder.Keys}: {broken.Message}; run the command again when that is mended" };
        }
        finally
        {
            Volatile.Write(ref rotating, 0);
        }
    }

    private async Task<RotateKeyReply> RotateOneAsync(KeyType keyType, CancellationToken cancel)
    {
        // Before it knows its cluster it is no member that could change its key.
        if (!await KnownCluster.WaitAsync(store, clock, cancel).ConfigureAwait(false))
            return new RotateKeyReply { Message = KnownCluster.NotYet };
        // Somebody who is away now would come back to a key it has never heard of.
        NodeId[] away = [.. directory.Others.Where(id => !liveness.IsLive(id))];
        if (away.Length > 0)
            return new RotateKeyReply { Message = $"these members must learn the new key first, and are away: {string.Join(", ", away.AsEnumerable())}" };

        string node = own.NodeId.ToString();
        SpkiFingerprint former = own.Fingerprint;
        if (!NodeIdentity.TryLoadNext(folder.Keys, own.NodeId, out NodeIdentity? next, out _))
        {
            next = NodeIdentity.Create(own.NodeId, keyType, clock);
            next.SaveNext(folder.Keys);
        }

        if (await DropLostAsync(node, next, cancel).ConfigureAwait(false) is { } notDropped)
            return notDropped;
        ProposalResult added = await propose(
            new Command { AddPeerKey = new AddPeerKey { NodeId = node, Key = OwnKey.Of(next) } }, cancel).ConfigureAwait(false);
        if (Failure(added) is { } notAdded)
            return notAdded;
        if (!await AllKnowAsync(added.Outcome!.Version, cancel).ConfigureAwait(false))
            return new RotateKeyReply { Message = "not every member has taken the new key in time; run the command again when all are live" };

        NodeIdentity.PromoteNext(folder.Keys);
        own.Swap(next);
        logger.KeyRotated(former, next.Fingerprint);
        ProposalResult dropped = await propose(
            new Command { DropPeerKey = new DropPeerKey { NodeId = node, SpkiSha256 = ByteString.CopyFrom(former.Bytes) } }, cancel).ConfigureAwait(false);
        if (dropped.Outcome is not { Status: OutcomeStatus.Done })
            logger.OldKeyStays(former);
        await sealKey.RotateAsync(node, cancel).ConfigureAwait(false);
        return new RotateKeyReply
        {
            Done = true,
            OldFingerprint = former.ToPrefixedString(),
            NewFingerprint = next.Fingerprint.ToPrefixedString(),
        };
    }

    /// <summary>A key that an earlier attempt had pinned and that is no longer on this disk would keep its place for ever.</summary>
    private async Task<RotateKeyReply?> DropLostAsync(string node, NodeIdentity next, CancellationToken cancel)
    {
        PeerKey? lost = store.State.Peers.TryGetValue(node, out Peer? me)
            ? me.Keys.FirstOrDefault(k => !IsKeyOf(k, own.Identity) && !IsKeyOf(k, next))
            : null;
        if (lost is null)
            return null;
        Command drop = new() { DropPeerKey = new DropPeerKey { NodeId = node, SpkiSha256 = lost.SpkiSha256 } };
        return Failure(await propose(drop, cancel).ConfigureAwait(false));
    }

    private static bool IsKeyOf(PeerKey key, NodeIdentity identity) => key.SpkiSha256.Span.SequenceEqual(identity.Fingerprint.Bytes);

    /// <summary>Every member says in its heartbeat which version it has applied.</summary>
    private async Task<bool> AllKnowAsync(long version, CancellationToken cancel)
    {
        long begin = clock.GetTimestamp();
        while (clock.GetElapsedTime(begin) < PinTime)
        {
            bool all = store.State.Version >= version
                && directory.Others.All(id => liveness.IsLive(id) && liveness.Of(id)?.Last.Version >= version);
            if (all)
                return true;
            await Task.Delay(Look, clock, cancel).ConfigureAwait(false);
        }

        return false;
    }

    private static RotateKeyReply? Failure(ProposalResult result) => result.Outcome switch
    {
        null => new RotateKeyReply { NoQuorum = true, Message = result.Words },
        { Status: OutcomeStatus.Done } => null,
        { } refused => new RotateKeyReply { Message = refused.Message },
    };
}
