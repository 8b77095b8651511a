namespace Uptrakit.Quorum.Verdicts;

/// <summary>How a member looks from the leader.</summary>
/// <param name="NodeId">Its id.</param>
/// <param name="Silence">How long it has not been heard from; as long as can be when it never was.</param>
/// <param name="ClockOffset">Its clock minus the leader's. The leader is one of the members: its own is zero.</param>
internal readonly record struct MemberSight(string NodeId, TimeSpan Silence, TimeSpan ClockOffset);
