using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;

namespace Uptrakit.Quorum.State;

/// <summary>Applies commands: the same commands in the same order give the same state and the same answers on every node.</summary>
/// <remarks>
/// Deterministic: no clock but the command's, no randomness but ids derived from the command's, no I/O. Validity is decided
/// here and nowhere else, so that a stale node cannot honour a consumed token or a taken name.
/// </remarks>
internal static partial class CommandApplier
{
    /// <summary>Members in one cluster, at the most; consensus among more gains nothing and costs every change.</summary>
    public const int MaxPeers = 32;

    /// <summary>Voters at the most.</summary>
    public const int MaxVoters = 7;

    /// <summary>Applies one log entry: a command, or a batch of them whose outcomes are then found under their ids.</summary>
    public static (ClusterState State, Outcome Outcome) Apply(ClusterState state, long index, Command command)
    {
        if (command.ChangeCase != Command.ChangeOneofCase.Batch)
            return ApplyOne(state, index, 0, command);
        int position = 0;
        foreach (Command each in command.Batch.Commands)
        {
            // Snapshots stand between entries, never inside one.
            if (each.ChangeCase is not Command.ChangeOneofCase.Checkpoint and not Command.ChangeOneofCase.Compact)
                (state, _) = ApplyOne(state, index, position, each);
            position++;
        }

        return (state, Outcomes.Done());
    }

    private static (ClusterState State, Outcome Outcome) ApplyOne(ClusterState state, long index, int position, Command command)
    {
        if (command.Id.Length != 0 && state.Recent.TryGet(command.Id, out Outcome? known))
            return (state, known);

        (ClusterState next, Outcome outcome) = Dispatch(new Context(state, state, index, position, command));
        // A refusal changes nothing, whatever was tidied up on the way to it.
        if (outcome.Status == OutcomeStatus.Refused)
            next = state;
        else if (IsConfiguration(command) && !ReferenceEquals(next, state))
            next = next with { Version = state.Version + 1, UpdatedMs = command.AtMs, UpdatedBy = command.Proposer };
        outcome.Version = next.Version;
        return command.Id.Length == 0 ? (next, outcome) : (next with { Recent = next.Recent.With(command.Id, outcome) }, outcome);
    }

    private static (ClusterState State, Outcome Outcome) Dispatch(Context c)
    {
        if (RefusalOfProposer(c.State, c.Command, c.Command.Proposer) is { } words)
            return c.Refuse(RefusalReason.NotAllowed, words);

        return c.Command.ChangeCase switch
        {
            Command.ChangeOneofCase.Found => Found(c, c.Command.Found),
            Command.ChangeOneofCase.PutCheck => WithEnds(c, PutCheck(c, c.Command.PutCheck), Former(c, c.Command.PutCheck.Check?.Id)),
            Command.ChangeOneofCase.RemoveCheck => WithEnds(c, RemoveCheck(c, c.Command.RemoveCheck), Former(c, c.Command.RemoveCheck.Id)),
            Command.ChangeOneofCase.PutAlert => WithEnds(c, PutAlert(c, c.Command.PutAlert), c.State.Checks.Values),
            Command.ChangeOneofCase.RemoveAlert => RemoveAlert(c, c.Command.RemoveAlert),
            Command.ChangeOneofCase.SetResolvers => SetResolvers(c, c.Command.SetResolvers),
            Command.ChangeOneofCase.ApplyEdit => WithEnds(c, ApplyEdit(c, c.Command.ApplyEdit), c.State.Checks.Values),
            Command.ChangeOneofCase.Restore => WithEnds(c, ApplyRestore(c, c.Command.Restore), c.State.Checks.Values),
            Command.ChangeOneofCase.CreateEnrollment => CreateEnrollment(c, c.Command.CreateEnrollment.Enrollment),
            Command.ChangeOneofCase.ClaimEnrollment => ClaimEnrollment(c, c.Command.ClaimEnrollment),
            Command.ChangeOneofCase.ApproveEnrollment => ApproveEnrollment(c, c.Command.ApproveEnrollment),
            Command.ChangeOneofCase.RevokeEnrollment => RevokeEnrollment(c, c.Command.RevokeEnrollment.Id),
            Command.ChangeOneofCase.PruneEnrollments => PruneEnrollments(c),
            Command.ChangeOneofCase.RemovePeer => RemovePeer(c, c.Command.RemovePeer.Id),
            Command.ChangeOneofCase.AddPeerKey => AddPeerKey(c, c.Command.AddPeerKey),
            Command.ChangeOneofCase.DropPeerKey => DropPeerKey(c, c.Command.DropPeerKey),
            Command.ChangeOneofCase.SetAdvertise => SetAdvertise(c, c.Command.SetAdvertise),
            Command.ChangeOneofCase.MarkJoined => MarkJoined(c, c.Command.MarkJoined.NodeId),
            Command.ChangeOneofCase.Transition => ApplyTransition(c, c.Command.Transition),
            Command.ChangeOneofCase.Delivered => ApplyDelivered(c, c.Command.Delivered),
            Command.ChangeOneofCase.PutWindow => PutWindow(c, c.Command.PutWindow),
            Command.ChangeOneofCase.RemoveWindow => RemoveWindow(c, c.Command.RemoveWindow),
            Command.ChangeOneofCase.Acknowledge => ApplyAcknowledge(c, c.Command.Acknowledge),
            Command.ChangeOneofCase.Remind => ApplyRemind(c, c.Command.Remind),
            Command.ChangeOneofCase.Escalate => ApplyEscalate(c, c.Command.Escalate),
            Command.ChangeOneofCase.NoteMember => ApplyNoteMember(c, c.Command.NoteMember),
            Command.ChangeOneofCase.SetSealKey => SetSealKey(c, c.Command.SetSealKey),
            Command.ChangeOneofCase.TendSealing => TendSealing(c, c.Command.TendSealing),
            Command.ChangeOneofCase.Checkpoint => (c.State with { Checkpoint = c.Index }, Outcomes.Done()),
            Command.ChangeOneofCase.Compact => (c.State with { Compacted = Math.Max(c.State.Compacted, c.Command.Compact.Index) }, Outcomes.Done()),
            _ => c.Refuse(RefusalReason.Invalid, "this node does not know such a change: upgrade it"),
        };
    }

    /// <summary>
    /// Who may change what, decided by every node alike: a leader that was told of an eviction late, or that does not ask, cannot
    /// let anything in. The leader asks first too, so that what would be refused does not reach the log.
    /// </summary>
    /// <returns>Why not, or null.</returns>
    internal static string? RefusalOfProposer(ClusterState state, Command command, string nodeId)
    {
        if (command.ChangeCase == Command.ChangeOneofCase.Found)
            return null;
        if (!state.Peers.TryGetValue(nodeId, out Peer? proposer))
            return "the proposer is not a member of this cluster";
        bool own = command.ChangeCase is
            Command.ChangeOneofCase.AddPeerKey or Command.ChangeOneofCase.DropPeerKey or Command.ChangeOneofCase.SetAdvertise
            or Command.ChangeOneofCase.SetSealKey;
        return proposer.Role == Role.Probe && !own ? "a probe reports, and changes nothing but its own keys and address" : null;
    }

    /// <summary>Whether it is a change that raises the configuration version.</summary>
    private static bool IsConfiguration(Command command) => command.ChangeCase is not (
        Command.ChangeOneofCase.Transition or Command.ChangeOneofCase.Delivered or Command.ChangeOneofCase.Acknowledge
        or Command.ChangeOneofCase.Remind or Command.ChangeOneofCase.Escalate or Command.ChangeOneofCase.NoteMember
        or Command.ChangeOneofCase.SetSealKey or Command.ChangeOneofCase.Checkpoint or Command.ChangeOneofCase.Compact)
        // Keys are wrapped behind the scenes; only secrets that are sealed anew are something that a file shows.
        && command is not { ChangeCase: Command.ChangeOneofCase.TendSealing, TendSealing.Reseal.Count: 0 };

    /// <summary>Ids are short enough to type; derived from the command, so that every node derives the same.</summary>
    internal static string NewId(string prefix, Command command, int ordinal, Func<string, bool> exists)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> input = stackalloc byte[sizeof(int) * 2 + 64];
        for (int attempt = 0; ; attempt++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(input, ordinal);
            BinaryPrimitives.WriteInt32LittleEndian(input[4..], attempt);
            int length = Math.Min(command.Id.Length, 64);
            command.Id.Span[..length].CopyTo(input[8..]);
            SHA256.HashData(input[..(8 + length)], hash);
            string id = prefix + Convert.ToHexStringLower(hash[..6]);
            if (!exists(id))
                return id;
        }
    }

    /// <summary>What one command is applied to.</summary>
    /// <param name="State">The state so far, with the parts of an edit that were applied already.</param>
    /// <param name="Before">The state before the command: what the proposer saw is compared with this one.</param>
    /// <param name="Index">The command's place in the log.</param>
    /// <param name="Command">The command.</param>
    private readonly record struct Context(ClusterState State, ClusterState Before, long Index, int Position, Command Command)
    {
        public (ClusterState State, Outcome Outcome) Refuse(RefusalReason reason, string message) =>
            (State, Outcomes.Refuse(reason, message));

        /// <summary>Which part of an edit it is: each writes messages of its own.</summary>
        public int Part { get; init; }

        /// <summary>The version the configuration will have once this command is applied.</summary>
        public long NextVersion => State.Version + 1;
    }
}
