using System.Security.Cryptography;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Membership;

/// <summary>Follows the state of the voters without running the engine: what a probe does always and a joiner does first.</summary>
internal sealed class Learner(StateStore store, PeerDirectory directory, PeerChannels channels, TimeProvider clock, ILogger<Learner> logger)
{
    private const int MaxState = 256 * 1024 * 1024;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs until the state satisfies the condition.</summary>
    public async Task FollowUntilAsync(Func<ClusterState, bool> done, CancellationToken cancel)
    {
        string told = "";
        while (!done(store.State))
        {
            string why = "no member is known";
            foreach (NodeId peer in directory.Others.Where(IsVoter).ToArray())
            {
                why = await FollowAsync(peer, done, cancel).ConfigureAwait(false);
                if (done(store.State))
                    return;
            }

            if (why != told)
                logger.WaitingForCluster(told = why);
            await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Loads what a stream begins with, without applying it: the seed of a voter.</summary>
    public async Task<AppliedState?> LoadSeedAsync(NodeId leader, CancellationToken cancel)
    {
        if (channels.For(leader) is not { } client)
            return null;
        try
        {
            using AsyncServerStreamingCall<FollowMessage> call = client.Seed(
                new SeedRequest(), deadline: clock.GetUtcNow().UtcDateTime.AddMinutes(1), cancellationToken: cancel);
            StateParts parts = new();
            while (await call.ResponseStream.MoveNext(cancel).ConfigureAwait(false))
            {
                if (parts.Add(call.ResponseStream.Current) is { } seed)
                {
                    logger.SeedLoaded(seed.Index, leader);
                    return seed;
                }
            }
        }
        catch (Exception fault) when (fault is RpcException or IOException or InvalidDataException or ObjectDisposedException)
        {
            logger.NotVoterYet(Words(fault));
        }

        return null;
    }

    private bool IsVoter(NodeId peer) => directory.TryGet(peer, out Peer? known) && known.Role != Role.Probe;

    private async Task<string> FollowAsync(NodeId peer, Func<ClusterState, bool> done, CancellationToken cancel)
    {
        if (channels.For(peer) is not { } client)
            return $"{peer} is not a member";
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            silence.CancelAfter(Silence);
            using AsyncServerStreamingCall<FollowMessage> call =
                client.Follow(new FollowRequest { After = store.Current.Index }, cancellationToken: silence.Token);
            StateParts parts = new();
            while (await call.ResponseStream.MoveNext(silence.Token).ConfigureAwait(false))
            {
                silence.CancelAfter(Silence);
                Take(call.ResponseStream.Current, parts);
                if (done(store.State))
                    return "";
            }

            return $"{peer} ended the stream";
        }
        catch (RpcException refused) when (refused.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied)
        {
            return "this node is not approved yet (qu enroll approve, on a member)";
        }
        catch (Exception fault) when (fault is RpcException or IOException or InvalidDataException or ObjectDisposedException
            || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            cancel.ThrowIfCancellationRequested();
            return $"{peer}: {Words(fault)}";
        }
    }

    private void Take(FollowMessage message, StateParts parts)
    {
        if (!message.Command.IsEmpty)
        {
            if (message.Index > store.Current.Index)
                store.Apply(message.Index, message.Term, Command.Parser.ParseFrom(message.Command));
        }
        else if (message.Snapshot.IsEmpty && message.Sha256.IsEmpty)
        {
            if (message.Index > store.Current.Index)
                store.Skip(message.Index, store.Current.Term);
        }
        else if (parts.Add(message) is { } whole && whole.Index >= store.Current.Index)
        {
            store.Replace(whole);
        }
    }

    private static string Words(Exception fault) => fault is RpcException rpc ? rpc.Status.Detail : fault.Message;

    /// <summary>Collects the parts of a state; the last one carries the hash of the whole.</summary>
    private sealed class StateParts
    {
        private readonly System.Buffers.ArrayBufferWriter<byte> parts = new();

        public AppliedState? Add(FollowMessage message)
        {
            System.Buffers.BuffersExtensions.Write(parts, message.Snapshot.Span);
            if (parts.WrittenCount > MaxState)
                throw new InvalidDataException("the state is larger than any cluster's");
            if (message.Sha256.IsEmpty)
                return null;
            byte[] content = parts.WrittenSpan.ToArray();
            parts.Clear();
            if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(content), message.Sha256.Span))
                throw new InvalidDataException("the state did not arrive whole");
            return new(message.Index, message.Term, ClusterState.FromSnapshot(StateSnapshot.Parser.ParseFrom(content)));
        }
    }
}
