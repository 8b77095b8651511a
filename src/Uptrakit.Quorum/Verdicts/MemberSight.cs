namespace Uptrakit.Quorum.Verdicts;

/// <summary>How a member looks from the leader.</summary>
/// <param name="NodeId">Its id.</param>
/// <param name="Silence">How long it has not been heard from; as long as can be when it never was.</param>
/// <param name="ClockOff">Its clock differs by more than a node's may.</param>
internal readonly record struct MemberSight(string NodeId, TimeSpan Silence, bool ClockOff);
