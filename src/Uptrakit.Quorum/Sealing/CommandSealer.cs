using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Sealing;

/// <summary>Seals the secrets that a command gives in clear, before anything of it is on a disk.</summary>
internal sealed class CommandSealer(Keyring keys, StateStore store)
{
    /// <summary>Seals in place.</summary>
    /// <param name="command">With its id: new objects get theirs from it.</param>
    /// <returns>Why it must not go on as it is, or null.</returns>
    internal Outcome? Seal(Command command)
    {
        ClusterState state = store.State;
        // Its keys come with the cluster: until then nothing that could be a secret may get into the log.
        if (state.ClusterId.Length == 0 && MayHoldSecrets(command))
            return Outcomes.Refuse(RefusalReason.Conflict, "this node does not know its cluster yet; try again in a moment");
        // Members of which some cannot open anything yet; the leader seals what is in clear as soon as all can.
        if (state.SealingKeys.IsEmpty)
            return null;
        return command.ChangeCase switch
        {
            Command.ChangeOneofCase.PutAlert => Seal(state, command, command.PutAlert.Alert, 0),
            Command.ChangeOneofCase.PutCheck => Seal(state, command, command.PutCheck.Check, 0),
            Command.ChangeOneofCase.ApplyEdit => SealAll(state, command, command.ApplyEdit),
            Command.ChangeOneofCase.Restore => SealAll(state, command, command.Restore),
            _ => null,
        };
    }

    private static bool MayHoldSecrets(Command command) => command.ChangeCase is Command.ChangeOneofCase.PutAlert or Command.ChangeOneofCase.PutCheck
        or Command.ChangeOneofCase.ApplyEdit or Command.ChangeOneofCase.Restore;

    /// <summary>As <see cref="CommandApplier"/> counts: alerts first, then checks.</summary>
    private Outcome? SealAll(ClusterState state, Command command, ApplyEdit edit)
    {
        int ordinal = 0;
        return edit.PutAlerts.Select(put => Seal(state, command, put.Alert, ordinal++)).FirstOrDefault(static fault => fault is not null)
            ?? edit.PutChecks.Select(put => Seal(state, command, put.Check, ordinal++)).FirstOrDefault(static fault => fault is not null);
    }

    /// <summary>What a backup holds has its id; what has none is refused when it is applied.</summary>
    private Outcome? SealAll(ClusterState state, Command command, Restore restore) =>
        restore.Alerts.Select(alert => Seal(state, command, alert, 0)).FirstOrDefault(static fault => fault is not null)
            ?? restore.Checks.Select(check => Seal(state, command, check, 0)).FirstOrDefault(static fault => fault is not null);

    private Outcome? Seal(ClusterState state, Command command, Alert? alert, int ordinal)
    {
        if (alert is null || !SecretSlots.Of(alert).Any(static slot => slot.IsClear))
            return null;
        // What is sealed can be judged by nobody any more.
        if (Validation.FaultOf(alert) is { } fault)
            return Outcomes.Refuse(RefusalReason.Invalid, fault);
        string id = alert.Id.Length > 0 ? alert.Id : CommandApplier.NewId("a-", command, ordinal, static _ => false);
        return Seal(state, id, SecretSlots.Of(alert), SealingAudience.Voters);
    }

    private Outcome? Seal(ClusterState state, Command command, Check? check, int ordinal)
    {
        if (check is null || !SecretSlots.Of(check).Any(static slot => slot.IsClear))
            return null;
        if (Validation.FaultOf(check) is { } fault)
            return Outcomes.Refuse(RefusalReason.Invalid, fault);
        string id = check.Id.Length > 0 ? check.Id : CommandApplier.NewId("c-", command, ordinal, static _ => false);
        return Seal(state, id, SecretSlots.Of(check), SealingAudience.Members);
    }

    private Outcome? Seal(ClusterState state, string id, IEnumerable<SecretSlot> slots, SealingAudience audience)
    {
        if (state.SealingKeyFor(audience) is not { } key || !keys.TryKey(state, key, out byte[]? secret))
        {
            return Outcomes.Refuse(RefusalReason.Conflict,
                "this node has not been given the key that secrets are sealed with: try again in a few seconds, or give the secret by file: or env:");
        }

        foreach (SecretSlot slot in slots.Where(static slot => slot.IsClear).ToArray())
            slot.Replace(new Secret { Sealed = SealBox.Seal(secret, key.Id.Span, state.ClusterId, new SecretPlace(id, slot.Field), slot.Secret.Text) });
        return null;
    }
}
