using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Daemon;

/// <summary>Keeps this node's own entry in the state true: the address it is reached at, and only the key it shows.</summary>
internal sealed class OwnEntry(
    NodeFile settings, OwnIdentity own, StateStore store, SealKeys sealKeys, Func<Command, CancellationToken, Task<ProposalResult>> propose, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            bool isMember = store.State.Peers.TryGetValue(own.NodeId.ToString(), out Peer? me);
            if (isMember)
                sealKeys.Settle(me!.SealKey);
            TimeSpan pause = isMember ? Pause : Look;
            if (isMember && Correction(me!) is { } correction)
            {
                pause = Look;
                ProposalResult result = await propose(correction, cancel).ConfigureAwait(false);
                if (result.Outcome?.Status == OutcomeStatus.Done && correction.SetAdvertise is { } set)
                    logger.AdvertiseChanged(set.Advertise);
            }

            await Task.Delay(pause, clock, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>What is to be put right, or null.</summary>
    internal Command? Correction(Peer me)
    {
        if (settings.Advertise.Length > 0 && me.Advertise != settings.Advertise)
            return new Command { SetAdvertise = new SetAdvertise { NodeId = me.NodeId, Advertise = settings.Advertise } };
        // A node that is new, or whose key file was lost: what was sealed for the lost one is given to it by another member.
        if (me.SealKey != sealKeys.Current.PublicKey && me.SealKey != sealKeys.Next?.PublicKey)
            return new Command { SetSealKey = new SetSealKey { NodeId = me.NodeId, PublicKey = sealKeys.Current.PublicKey } };
        // A rotation that was cut off after its new key took over: the old one goes.
        ByteString shown = own.Key().SpkiSha256;
        if (me.Keys.Count > 1 && me.Keys[^1].SpkiSha256 == shown)
            return new Command { DropPeerKey = new DropPeerKey { NodeId = me.NodeId, SpkiSha256 = me.Keys[0].SpkiSha256 } };
        return null;
    }
}

/// <summary>The shown key as the state has it.</summary>
internal static class OwnKey
{
    public static PeerKey Key(this OwnIdentity own) => Of(own.Identity);

    public static PeerKey Of(Trust.Identity.NodeIdentity identity) => new()
    {
        SpkiSha256 = ByteString.CopyFrom(identity.Fingerprint.Bytes),
        Certificate = ByteString.CopyFrom(identity.CertificateDer),
    };
}
