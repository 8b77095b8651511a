using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration;

/// <summary>Cuts a backup into commands that the log takes: alerts first, parents before children, states with the last.</summary>
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
        foreach (Check check in new ParentOrder(backup.Checks, static check => check.Id).Sorted)
            Room(check).Checks.Add(check);
        foreach (MaintenanceWindow window in backup.Windows)
            Room(window).Windows.Add(window);
        foreach (CheckStatus state in backup.States)
            Room(state).States.Add(state);
        return parts;

        static int ClearIn(IMessage next) => next switch
        {
            Alert alert => SecretSlots.Of(alert).Count(static slot => slot.IsClear),
            Check check => SecretSlots.Of(check).Count(static slot => slot.IsClear),
            _ => 0,
        };

        Restore Room(IMessage next)
        {
            // A tag and a length go with each, and what is in clear grows when it is sealed.
            int needed = next.CalculateSize() + 8 + (Grows * ClearIn(next));
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
