namespace Uptrakit.Quorum.State;

/// <summary>What is known of a member, what of it has been told, and when more may be.</summary>
/// <remarks>
/// A member decides itself what its clock says, what its probes see and whether it answers: one that is broken, or in wrong hands, could
/// have a message written every second. So an hour has few messages about one member, of all kinds together. What changes meanwhile is
/// seen in the status, and told when it may be, unless by then it is again as it was told.
/// </remarks>
internal static class MemberNotes
{
    public const int MostPerHour = 6;
    private const long HourMs = 3600 * 1000;

    /// <summary>Said with the last message that an hour has room for.</summary>
    public const string Hushed = "it changes often: nothing more is told of this member for up to an hour";

    /// <summary>All that can be noted of a member.</summary>
    public static IReadOnlyList<MessageKind> Kinds { get; } =
    [
        MessageKind.MemberLost, MessageKind.MemberBack, MessageKind.MemberClock, MessageKind.MemberClockRight,
        MessageKind.MemberExcluded, MessageKind.MemberIncluded,
    ];

    /// <summary>Takes it down. What is known already keeps the time at which it began.</summary>
    public static void Note(MemberStatus status, MessageKind kind, long atMs)
    {
        if (!Kinds.Contains(kind) || Holds(status, kind))
            return;
        long since = IsTrouble(kind) ? atMs : 0;
        switch (TroubleOf(kind))
        {
            case MessageKind.MemberLost: status.LostMs = since; break;
            case MessageKind.MemberClock: (status.ClockMs, status.ClockChangedMs) = (since, atMs); break;
            default: (status.ExcludedMs, status.IncludedMs) = (since, since == 0 ? atMs : status.IncludedMs); break;
        }
    }

    /// <summary>Whether the member is now as this says.</summary>
    public static bool Holds(MemberStatus status, MessageKind kind) => (Since(status, kind) != 0) == IsTrouble(kind);

    /// <summary>When the trouble began that this tells of, or the end of; 0: there is none.</summary>
    public static long Since(MemberStatus status, MessageKind kind) => TroubleOf(kind) switch
    {
        MessageKind.MemberLost => status.LostMs,
        MessageKind.MemberClock => status.ClockMs,
        _ => status.ExcludedMs,
    };

    /// <summary>Whether it holds, the last message said something else, and there may be another one.</summary>
    public static bool IsToBeTold(MemberStatus status, MessageKind kind, long atMs) =>
        Kinds.Contains(kind) && Holds(status, kind) && status.Told.Contains(TroubleOf(kind)) != IsTrouble(kind)
        && status.ToldMs.Count(at => IsRecent(at, atMs)) < MostPerHour;

    /// <returns>Whether it was the last one for now.</returns>
    public static bool Tell(MemberStatus status, MessageKind kind, long atMs)
    {
        if (IsTrouble(kind))
            status.Told.Add(kind);
        else
            status.Told.Remove(TroubleOf(kind));
        foreach (long old in status.ToldMs.Where(at => !IsRecent(at, atMs)).ToArray())
            status.ToldMs.Remove(old);
        status.ToldMs.Add(atMs);
        return status.ToldMs.Count >= MostPerHour;
    }

    /// <summary>One begins the trouble that the other one ends.</summary>
    public static bool AreOpposite(MessageKind a, MessageKind b) => a != b && TroubleOf(a) == TroubleOf(b);

    /// <summary>The clock of a leader may be behind that of the one before.</summary>
    private static bool IsRecent(long toldMs, long atMs) => Moments.AreWithin(HourMs, toldMs, atMs);

    private static bool IsTrouble(MessageKind kind) => TroubleOf(kind) == kind;

    private static MessageKind TroubleOf(MessageKind kind) => kind switch
    {
        MessageKind.MemberBack => MessageKind.MemberLost,
        MessageKind.MemberClockRight => MessageKind.MemberClock,
        MessageKind.MemberIncluded => MessageKind.MemberExcluded,
        _ => kind,
    };
}
