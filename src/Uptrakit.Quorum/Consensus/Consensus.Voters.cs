using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Consensus;

/// <summary>Who votes, and who leads.</summary>
internal sealed partial class Consensus
{
    public Task<bool> AddVoterAsync(NodeId node, CancellationToken cancel) =>
        ChangeVotersAsync(node, true, c => c.AddMemberAsync(MemberAddress.Of(node), cancel), () => logger.VoterAdded(node), cancel);

    public Task<bool> RemoveVoterAsync(NodeId node, CancellationToken cancel) =>
        ChangeVotersAsync(node, false, c => c.RemoveMemberAsync(MemberAddress.Of(node), cancel), () => logger.VoterRemoved(node), cancel);

    /// <summary>Stays out of elections for a while. A leader resigns by it and cannot win the election that follows.</summary>
    public async Task<bool> StandByAsync(TimeSpan atMost, CancellationToken cancel)
    {
        NodeId? former = Leader;
        if (!started || !await cluster.EnableStandbyModeAsync(cancel).ConfigureAwait(false))
            return false;
        try
        {
            long begin = clock.GetTimestamp();
            NodeId resigning = former ?? options.Self;
            while (!IsLedByOther(resigning) && clock.GetElapsedTime(begin) < atMost)
                await Task.Delay(TimeSpan.FromMilliseconds(20), clock, cancel).ConfigureAwait(false);
        }
        finally
        {
            await cluster.RevertToNormalModeAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Compaction and changes of the voters exclude each other: a voter that is being added must still find the log it needs.</summary>
    public async Task<bool> WhileVotersStayAsync(Func<Task> action, CancellationToken cancel)
    {
        if (!await changingVoters.WaitAsync(TimeSpan.Zero, cancel).ConfigureAwait(false))
            return false;
        try
        {
            await action().ConfigureAwait(false);
            return true;
        }
        finally
        {
            changingVoters.Release();
        }
    }

    private async Task<bool> ChangeVotersAsync(
        NodeId node, bool votes, Func<RaftCluster, Task<bool>> change, Action done, CancellationToken cancel)
    {
        await changingVoters.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            bool changed = await change(cluster).ConfigureAwait(false);
            if (changed)
            {
                // The engine takes over its own change a moment later. Until then Voters is the old list, and a compaction that
                // went by it could forget what the new voter needs.
                while (started && Voters.Contains(node) != votes)
                    await Task.Delay(TimeSpan.FromMilliseconds(5), clock, cancel).ConfigureAwait(false);
                done();
            }

            return changed;
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException or RaftProtocolException or WriteAheadLog.InternalException)
        {
            logger.VoterChangeFailed(fault.Message);
            return false;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            changingVoters.Release();
        }
    }

    /// <summary>Whether another node than the one that resigns leads by now.</summary>
    private bool IsLedByOther(NodeId resigning) =>
        MemberAddress.TryRead(cluster.Leader?.EndPoint, out NodeId? now) && now != resigning && now != options.Self;
}
