using System.Collections.Concurrent;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Transport;

/// <summary>Gives the state to members that do not run the engine (yet): first as a whole, then command by command.</summary>
internal sealed class StateStreams : IDisposable
{
    private const int PartSize = 256 * 1024;
    private const int Kept = 4096;
    private static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(2);
    private readonly ConcurrentQueue<Entry> tail = new();
    private readonly StateStore store;
    private readonly Func<Consensus.Consensus?> consensus;
    private readonly Func<AppliedState?> logStart;
    private readonly TimeProvider clock;

    public StateStreams(StateStore store, Func<Consensus.Consensus?> consensus, Func<AppliedState?> logStart, TimeProvider clock)
    {
        this.store = store;
        this.consensus = consensus;
        this.logStart = logStart;
        this.clock = clock;
        store.Applied += Keep;
        store.Replaced += Drop;
    }

    /// <summary>The state that the log of every voter begins with; nothing when the log has its beginning.</summary>
    public async Task SeedAsync(IServerStreamWriter<FollowMessage> answers, CancellationToken cancel)
    {
        if (consensus() is not { Leads: true })
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "not the master"));
        AppliedState start = logStart() ?? new AppliedState(0, 0, ClusterState.Empty);
        await SendStateAsync(start, answers, cancel).ConfigureAwait(false);
    }

    public async Task FollowAsync(long after, IServerStreamWriter<FollowMessage> answers, CancellationToken cancel)
    {
        if (consensus() is null)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "this node follows others itself"));
        long sent = after;
        while (!cancel.IsCancellationRequested)
        {
            AppliedState now = store.Current;
            if (now.Index > sent)
                sent = await SendChangesAsync(sent, now, answers, cancel).ConfigureAwait(false);
            else
                await answers.WriteAsync(new FollowMessage { Index = sent }, cancel).ConfigureAwait(false);
            await WaitAsync(now, cancel).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        store.Applied -= Keep;
        store.Replaced -= Drop;
    }

    private async Task<long> SendChangesAsync(long sent, AppliedState now, IServerStreamWriter<FollowMessage> answers, CancellationToken cancel)
    {
        Entry[] kept = [.. tail];
        bool reaches = sent > 0 && kept.Length > 0 && kept[0].Index <= sent;
        if (!reaches)
        {
            await SendStateAsync(now, answers, cancel).ConfigureAwait(false);
            return now.Index;
        }

        foreach (Entry entry in kept.Where(e => e.Index > sent && e.Index <= now.Index))
        {
            await answers.WriteAsync(new FollowMessage { Index = entry.Index, Term = entry.Term, Command = entry.Command }, cancel).ConfigureAwait(false);
            sent = entry.Index;
        }

        return Math.Max(sent, now.Index);
    }

    private static async Task SendStateAsync(AppliedState state, IServerStreamWriter<FollowMessage> answers, CancellationToken cancel)
    {
        byte[] content = state.Cluster.ToSnapshot().ToByteArray();
        ByteString hash = ByteString.CopyFrom(SHA256.HashData(content));
        for (int offset = 0; ; offset += PartSize)
        {
            int size = Math.Min(PartSize, content.Length - offset);
            bool last = offset + size >= content.Length;
            await answers.WriteAsync(
                new FollowMessage
                {
                    Index = state.Index,
                    Term = state.Term,
                    Snapshot = ByteString.CopyFrom(content, offset, size),
                    Sha256 = last ? hash : ByteString.Empty,
                },
                cancel).ConfigureAwait(false);
            if (last)
                return;
        }
    }

    private async Task WaitAsync(AppliedState seen, CancellationToken cancel)
    {
        using CancellationTokenSource alive = new(AliveEvery, clock);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(alive.Token, cancel);
        try
        {
            await store.WaitForChangeAsync(seen, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Time to say that we are still here.
        }
    }

    private void Keep(AppliedState state, Command command, Outcome outcome)
    {
        tail.Enqueue(new(state.Index, state.Term, command.ToByteString()));
        while (tail.Count > Kept && tail.TryDequeue(out _))
        {
            // A follower that is further behind takes the state as a whole.
        }
    }

    private void Drop(AppliedState state) => tail.Clear();

    private sealed record Entry(long Index, long Term, ByteString Command);
}
