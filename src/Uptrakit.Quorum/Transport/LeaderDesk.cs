using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Transport;

/// <summary>Where proposals become log entries: the leader sets who and when, and takes from others only what operators may ask for.</summary>
/// <param name="sealer">Null, as in tests: secrets stay as they come.</param>
internal sealed class LeaderDesk(
    NodeId self, StateStore store, Func<Consensus.Consensus?> consensus, TimeProvider clock, CommandSealer? sealer = null)
{
    private const int IdLength = 16;
    private static readonly TimeSpan VoterPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan VoterPause = TimeSpan.FromMilliseconds(50);

    /// <summary>The largest change; a bound on what one log entry may cost every voter.</summary>
    public const int MaxCommand = 4 * 1024 * 1024;

    /// <summary>What this node itself decided.</summary>
    public Task<Outcome?> CommitOwnAsync(Command command, CancellationToken cancel) => CommitAsync(command, self, cancel);

    /// <summary>What another member, known by its key, asks for.</summary>
    /// <returns>Null: this node does not lead (any more); the outcome is unknown and the same command may be sent again.</returns>
    public Task<Outcome?> CommitForAsync(Command command, NodeId proposer, CancellationToken cancel)
    {
        if (!MayForward(command) || CommandApplier.RefusalOfProposer(store.State, command, proposer.ToString()) is not null)
            return Task.FromResult<Outcome?>(Outcomes.Refuse(RefusalReason.NotAllowed, "this member may not propose such a change"));
        if (command.Id.Length != IdLength || command.CalculateSize() > MaxCommand)
            return Task.FromResult<Outcome?>(Outcomes.Refuse(RefusalReason.Invalid, "a change needs a 16-byte id and at most 4 MiB"));
        return CommitAsync(command, proposer, cancel);
    }

    private async Task<Outcome?> CommitAsync(Command command, NodeId proposer, CancellationToken cancel)
    {
        if (consensus() is not { Leads: true } engine)
            return null;
        Command stamped = command.Clone();
        stamped.Proposer = proposer.ToString();
        stamped.AtMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        stamped.TellsEnds = true;
        if (sealer?.Seal(stamped) is { } unsealed)
            return unsealed;
        if (stamped.CalculateSize() > MaxCommand)
            return Outcomes.Refuse(RefusalReason.Invalid, "a change is at most 4 MiB large, its sealed secrets included: make it in parts");
        if (stamped.ChangeCase == Command.ChangeOneofCase.RemovePeer
            && await WithdrawVoteAsync(engine, stamped.RemovePeer.Id, cancel).ConfigureAwait(false) is { } refusal)
            return refusal;
        return await engine.CommitAsync(stamped, cancel).ConfigureAwait(false);
    }

    /// <summary>A voter loses its vote before its key is refused: the other way round its acknowledgement could be missing for it.</summary>
    /// <returns>Null: the vote is gone, or it is for the next leader to take it.</returns>
    private async Task<Outcome?> WithdrawVoteAsync(Consensus.Consensus engine, string nodeId, CancellationToken cancel)
    {
        if (!NodeId.TryParse(nodeId, out NodeId? target) || !engine.Voters.Contains(target!))
            return null;
        if (engine.Voters.Count == 1)
            return Outcomes.Refuse(RefusalReason.NotAllowed, "this is the only voter: a cluster cannot be without one");
        if (!store.State.Peers.ContainsKey(nodeId))
            return null;

        // A leader that was just elected may still have to apply the change that its predecessor began: that of its own removal.
        long begin = clock.GetTimestamp();
        while (engine.Leads && engine.Voters.Contains(target!))
        {
            if (await engine.RemoveVoterAsync(target!, cancel).ConfigureAwait(false))
                return null;
            if (clock.GetElapsedTime(begin) > VoterPatience)
                return Outcomes.Refuse(RefusalReason.Conflict, "the voters could not be changed now; try again");
            await Task.Delay(VoterPause, clock, cancel).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Verdicts, deliveries and the keeping of the log are the leader's own.</summary>
    internal static bool MayForward(Command command) => command.ChangeCase is
        Command.ChangeOneofCase.PutCheck or Command.ChangeOneofCase.RemoveCheck
        or Command.ChangeOneofCase.PutAlert or Command.ChangeOneofCase.RemoveAlert
        or Command.ChangeOneofCase.PutWindow or Command.ChangeOneofCase.RemoveWindow or Command.ChangeOneofCase.Acknowledge
        or Command.ChangeOneofCase.SetResolvers or Command.ChangeOneofCase.ApplyEdit or Command.ChangeOneofCase.Restore
        or Command.ChangeOneofCase.CreateEnrollment or Command.ChangeOneofCase.ClaimEnrollment
        or Command.ChangeOneofCase.ApproveEnrollment or Command.ChangeOneofCase.RevokeEnrollment
        or Command.ChangeOneofCase.RemovePeer or Command.ChangeOneofCase.AddPeerKey
        or Command.ChangeOneofCase.DropPeerKey or Command.ChangeOneofCase.SetAdvertise
        or Command.ChangeOneofCase.SetSealKey or Command.ChangeOneofCase.TendSealing;
}
