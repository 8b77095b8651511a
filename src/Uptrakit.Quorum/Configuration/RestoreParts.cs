using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration;

/// <summary>Cuts a backup into commands that the log takes: alerts first, parents before children, each check with its state.</summary>
/// <remarks>
/// What is bad comes first, with its parents: a cluster that is replaced tells with the first part whose incidents end, and goes by what that part
/// holds. A check and its state are never apart, or the check could be found well in between, and the end of what the state tells of would be no news.
/// </remarks>
internal static class RestoreParts
{
    /// <summary>Below what one command may be, with room for its frame.</summary>
    public const int MaxBytes = 3 * 1024 * 1024;

    /// <summary>By what frames a sealed secret, and by what fills it up.</summary>
    private const int Grows = 200;

    public static IReadOnlyList<Restore> Of(Backup backup, bool replaces, int maxBytes = MaxBytes)
    {
        List<Restore> parts = [new() { Begins = true, Replaces = replaces }];
        if (backup.Resolvers.Count > 0)
            parts[0].SetResolvers = new SetResolvers { Resolvers = { backup.Resolvers } };
        int size = 0;
        foreach (Alert alert in backup.Alerts)
            Room(alert).Alerts.Add(alert);
        Dictionary<string, CheckStatus> states = [];
        foreach (CheckStatus state in backup.States)
            states.TryAdd(state.CheckId, state);
        IEnumerable<Check> badFirst = backup.Checks.OrderBy(check => !(states.TryGetValue(check.Id, out CheckStatus? state) && Tells.IsBad(state)));
        foreach (Check check in new ParentOrder(badFirst, static check => check.Id).Sorted)
        {
            CheckStatus? state = states.GetValueOrDefault(check.Id);
            Restore part = Room(check, state);
            part.Checks.Add(check);
            if (state is not null)
                part.States.Add(state);
        }

        foreach (MaintenanceWindow window in backup.Windows)
            Room(window).Windows.Add(window);
        return parts;

        static int ClearIn(IMessage? next) => next switch
        {
            Alert alert => SecretSlots.Of(alert).Count(static slot => slot.IsClear),
            Check check => SecretSlots.Of(check).Count(static slot => slot.IsClear),
            _ => 0,
        };

        Restore Room(params ReadOnlySpan<IMessage?> next)
        {
            // A tag and a length go with each, and what is in clear grows when it is sealed.
            int needed = 0;
            foreach (IMessage? each in next)
                needed += (each?.CalculateSize() ?? 0) + 8 + (Grows * ClearIn(each));
            if (size + needed > maxBytes && size > 0)
            {
                parts.Add(new Restore());
                size = 0;
            }

            size += needed;
            return parts[^1];
        }
    }
}
