namespace Uptrakit.Quorum.State;

/// <summary>Short forms of the answers to commands.</summary>
internal static class Outcomes
{
    public static Outcome Done(string id = "") => new() { Status = OutcomeStatus.Done, Id = id };

    public static Outcome Pending(string id, string message) => new() { Status = OutcomeStatus.Pending, Id = id, Message = message };

    public static Outcome Refuse(RefusalReason reason, string message) =>
        new() { Status = OutcomeStatus.Refused, Reason = reason, Message = message };
}
