using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration;

/// <summary>Cuts a backup into commands that the log takes: alerts first, parents before children, states with the last.</summary>
internal static class RestoreParts
{
    /// <summary>Below what one command may be, with room for its frame.</summary>
    public const int MaxBytes = 3 * 1024 * 1024;

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

        Restore Room(IMessage next)
        {
            // A tag and a length go with each.
            int needed = next.CalculateSize() + 8;
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
