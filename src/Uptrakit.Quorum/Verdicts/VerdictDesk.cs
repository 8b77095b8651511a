using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>While this node leads: takes the members' reports, has the judge look at them, asks for probes and commits flips.</summary>
internal sealed class VerdictDesk : IReportSink, IReportIntake, IDisposable
{
    private const int MaxStreams = 64;
    private const int MaxReportsInBatch = 4096;
    private const int MaxDetail = 256;

    /// <summary>Between two looks, and the same while nothing is open and no vote says anything new: the judge looks at everything once a second anyway.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CalmLook = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Channel<LeaderMessage>, NodeId> streams = new();
    private readonly StateStore store;
    private readonly LeaderDesk desk;
    private readonly Func<Consensus.Consensus?> consensus;
    private readonly Action<long, IReadOnlyList<string>> probeHere;
    private readonly TimeProvider clock;
    private readonly ILogger<VerdictDesk> logger;
    private readonly VoteTable votes;
    private readonly Judge judge;
    private readonly Duties duties = new();
    private readonly Exclusions exclusions;
    private readonly Func<IEnumerable<MemberSight>> members;

    /// <summary>A leader that has just begun may not have heard of everybody yet.</summary>
    private static readonly TimeSpan MembersSettle = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim committing = new(32, 32);
    private CancellationTokenSource? term;
    private long terms;

    public VerdictDesk(
        StateStore store, LeaderDesk desk, Func<Consensus.Consensus?> consensus, Action<long, IReadOnlyList<string>> probeHere, TimeProvider clock,
        ILogger<VerdictDesk> logger, Func<IEnumerable<MemberSight>>? members = null)
    {
        this.members = members ?? (static () => []);
        this.store = store;
        this.desk = desk;
        this.consensus = consensus;
        this.probeHere = probeHere;
        this.clock = clock;
        this.logger = logger;
        votes = new(clock);
        judge = new(votes, clock);
        exclusions = new(clock);
    }

    public void Dispose() => committing.Dispose();

    public long Term => Volatile.Read(ref terms);

    private bool Leads => Volatile.Read(ref term) is not null && consensus() is { Leads: true };

    /// <summary>Judges until cancelled: run it while this node leads.</summary>
    public async Task LeadAsync(CancellationToken cancel)
    {
        judge.Reset();
        exclusions.Reset();
        Interlocked.Increment(ref terms);
        long since = clock.GetTimestamp();
        using CancellationTokenSource leading = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Before reports are taken: a vote of a member that has no seat yet would be lost.
        ClusterState known = Seat(store.State);
        Volatile.Write(ref term, leading);
        try
        {
            for (; ; await RestAsync(cancel).ConfigureAwait(false))
            {
                ClusterState state = store.State;
                if (!ReferenceEquals(known.Checks, state.Checks) || !ReferenceEquals(known.Peers, state.Peers) || !ReferenceEquals(known.Members, state.Members))
                    known = Seat(state);

                if (duties.IsTime(clock))
                    await DoAsync(state, clock.GetElapsedTime(since) >= MembersSettle, cancel).ConfigureAwait(false);
                ImmutableDictionary<string, CheckStatus> statuses = store.State.Statuses;
                foreach (JudgeAction action in judge.Evaluate(statuses.GetValueOrDefault, statuses))
                    await DoAsync(action, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref term, null);
            await leading.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task RestAsync(CancellationToken cancel)
    {
        await Task.Delay(Look, clock, cancel).ConfigureAwait(false);
        if (!judge.IsCalm(out Task stirred))
            return;
        await stirred.WaitAsync(CalmLook - Look, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    public bool Take(NodeId from, IEnumerable<ProbeReport> reports)
    {
        if (!Leads)
            return false;
        string member = from.ToString();
        foreach (ProbeReport report in reports)
        {
            // A new check is probed at once, sooner than this desk looks at the state again; its next turn may be hours away.
            if (!votes.Knows(report.CheckId) && store.State.Checks.TryGet(report.CheckId, out Check? added))
                votes.Admit(added);
            votes.Record(member, new ProbeVote(
                report.CheckId,
                report.Ok,
                report.Detail.Length > MaxDetail ? report.Detail[..MaxDetail] : report.Detail,
                report.Round,
                report.ChangedIn,
                Span(report.LatencyUs / 1000.0),
                Span(report.AgeMs),
                report.Warn));
        }

        return true;
    }

    private ClusterState Seat(ClusterState state)
    {
        judge.Update(state.Checks.Values, [.. state.Joined.Select(static p => p.NodeId)], [.. state.Members.Keys.Where(state.IsExcluded)]);
        return state;
    }

    public StandingReply? Standing(StandingRequest request) => Leads ? StandingCount.Answer(request, store.State, votes) : null;

    public async Task ServeAsync(NodeId from, IAsyncStreamReader<ReportBatch> batches, IServerStreamWriter<LeaderMessage> answers, CancellationToken cancel)
    {
        if (Volatile.Read(ref term) is not { } leading || !Leads)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "not the master"));
        if (streams.Count >= MaxStreams)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many report streams"));
        Channel<LeaderMessage> outbound = Channel.CreateBounded<LeaderMessage>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
        streams[outbound] = from;
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(cancel, leading.Token);
        Task writing = WriteAsync(outbound.Reader, answers, ends.Token);
        try
        {
            while (await batches.MoveNext(ends.Token).ConfigureAwait(false))
            {
                if (batches.Current.Reports.Count > MaxReportsInBatch || !Take(from, batches.Current.Reports))
                    break;
                outbound.Writer.TryWrite(new LeaderMessage { Acknowledged = batches.Current.Sequence });
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The member went, or this node leads no more: it keeps what was not acknowledged.
        }
        finally
        {
            streams.TryRemove(outbound, out _);
            outbound.Writer.TryComplete();
            await ends.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WriteAsync(ChannelReader<LeaderMessage> messages, IServerStreamWriter<LeaderMessage> answers, CancellationToken cancel)
    {
        await foreach (LeaderMessage message in messages.ReadAllAsync(cancel).ConfigureAwait(false))
            await answers.WriteAsync(message, cancel).ConfigureAwait(false);
    }

    /// <summary>What is due by the clock and not by a vote.</summary>
    private async Task DoAsync(ClusterState state, bool knowsMembers, CancellationToken cancel)
    {
        IEnumerable<Command> ofMembers = knowsMembers ? Duties.Of(state, members(), clock.GetUtcNow()) : [];
        foreach (Command command in duties.Of(state, clock.GetUtcNow()).Concat(ofMembers).Concat(exclusions.Of(state, votes.Compare())))
        {
            Report(command);
            await committing.WaitAsync(cancel).ConfigureAwait(false);
            _ = CommitAsync(command, cancel);
        }
    }

    /// <summary>What is due by the clock is told with what members see now.</summary>
    private void Report(Command command)
    {
        if (command.Remind is { } remind && store.State.Checks.TryGet(remind.CheckId, out Check? down))
            remind.Reports.Add(votes.ReportsOn(down));
        else if (command.Escalate is { } escalate && store.State.Checks.TryGet(escalate.CheckId, out Check? lasting))
            escalate.Reports.Add(votes.ReportsOn(lasting));
        else if (command.Transition is { Announce: true } told && store.State.Checks.TryGet(told.CheckId, out Check? held))
            told.Reports.Add(votes.ReportsOn(held));
    }

    private async Task DoAsync(JudgeAction action, CancellationToken cancel)
    {
        switch (action)
        {
            case Confirm confirm:
                Ask(confirm);
                break;
            case Flip flip:
                await committing.WaitAsync(cancel).ConfigureAwait(false);
                _ = CommitAsync(new Command { Transition = flip.Transition }, cancel);
                break;
        }
    }

    private void Ask(Confirm confirm)
    {
        probeHere(confirm.Round, confirm.CheckIds);
        ProbeRequest request = new() { Round = confirm.Round };
        request.CheckIds.AddRange(confirm.CheckIds);
        foreach (Channel<LeaderMessage> stream in streams.Keys)
            stream.Writer.TryWrite(new LeaderMessage { Probe = request });
    }

    /// <summary>What is due and what flips commit side by side; either is handed out again if it got lost.</summary>
    private async Task CommitAsync(Command command, CancellationToken cancel)
    {
        try
        {
            command.Id = Proposer.NewId();
            Outcome? outcome = await desk.CommitOwnAsync(command, cancel).ConfigureAwait(false);
            if (outcome is { Status: OutcomeStatus.Done } && command.Transition is { Announce: false } transition && store.State.Checks.TryGet(transition.CheckId, out Check? check))
                logger.Flipped(check.Name, transition.From, transition.To, transition.Detail);
        }
        catch (OperationCanceledException)
        {
            // The term ended.
        }
        finally
        {
            committing.Release();
        }
    }

    /// <summary>What a member says of time is believed only within reason.</summary>
    private static TimeSpan Span(double milliseconds) =>
        TimeSpan.FromMilliseconds(double.IsFinite(milliseconds) ? Math.Clamp(milliseconds, 0, 86_400_000) : 0);
}
