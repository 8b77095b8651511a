using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>What became of a change, as an exit code.</summary>
internal static class Answer
{
    /// <summary>Null when it was done, else the exit code, with the reason already told.</summary>
    internal static int? Refusal(Terminal terminal, ChangeReply reply) =>
        Refusal(terminal, reply.Outcome, reply.NoQuorum, reply.Message);

    /// <inheritdoc cref="Refusal(Terminal, ChangeReply)"/>
    internal static int? Refusal(Terminal terminal, Outcome? outcome, bool noQuorum, string message)
    {
        if (noQuorum)
            return NoQuorum(terminal, message);
        if (outcome is null)
            return terminal.Fail(ExitCode.Failed, message.Length > 0 ? message : "the daemon did not carry it out");
        if (outcome.Status is OutcomeStatus.Done or OutcomeStatus.Pending)
            return null;
        string words = outcome.Message.Length > 0 ? outcome.Message : Words(outcome.Reason);
        return terminal.Fail(CodeOf(outcome.Reason), words, Hint(outcome.Reason));
    }

    internal static int NoQuorum(Terminal terminal, string message) => terminal.Fail(ExitCode.Unreachable,
        message.Length > 0 ? message : "no quorum: nothing was changed",
        hint: "'qu status' shows which nodes are live and how many are needed");

    private static ExitCode CodeOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Invalid => ExitCode.Usage,
        RefusalReason.TokenUnknown or RefusalReason.TokenExpired or RefusalReason.TokenUsed => ExitCode.TrustRefused,
        _ => ExitCode.Failed,
    };

    private static string Words(RefusalReason reason) => reason switch
    {
        RefusalReason.Invalid => "the cluster refused it as invalid",
        RefusalReason.NameTaken => "that name is taken",
        RefusalReason.NotFound => "there is no such thing",
        RefusalReason.Conflict => "it has changed in the meantime",
        RefusalReason.TokenUnknown => "no such token: never issued here, revoked, or expired",
        RefusalReason.TokenExpired => "the token has expired",
        RefusalReason.TokenUsed => "the token was used with another key",
        RefusalReason.NodeIdTaken => "that NodeID is taken",
        RefusalReason.NotAllowed => "this node may not do that",
        RefusalReason.Limit => "a limit is reached",
        _ => "the cluster refused it",
    };

    private static string? Hint(RefusalReason reason) => reason switch
    {
        RefusalReason.Conflict => "look at it again, then repeat the command",
        RefusalReason.TokenUnknown or RefusalReason.TokenExpired or RefusalReason.TokenUsed =>
            "make a new one with 'qu enroll create'",
        _ => null,
    };
}
