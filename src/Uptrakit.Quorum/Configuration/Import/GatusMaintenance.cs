using System.Globalization;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Times of Gatus in which nothing is told: they come again every day or on some days of the week.</summary>
internal static class GatusMaintenance
{
    private static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    /// <param name="window">What was written there.</param>
    /// <param name="check">Whose it is; null for all checks.</param>
    /// <param name="imported">Where it goes.</param>
    public static void Read(ForeignFields window, string? check, Imported imported)
    {
        if (!window.Flag("enabled", true))
            return;
        string what = check is null ? "maintenance" : $"maintenance of check '{check}'";
        int[] days = [.. window.Texts("every").Select(static day => Array.IndexOf(Days, day))];
        bool hasStart = TimeOnly.TryParseExact(window.Text("start"), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly start);
        if (!hasStart || days.Contains(-1) || !Durations.TryParse(window.Text("duration"), out TimeSpan lasts))
        {
            imported.Note($"{what} is left out: its start, its duration or its days are not understood");
            return;
        }

        MaintenanceWindow made = new()
        {
            Name = imported.NameOfWindow(check ?? "maintenance"),
            All = check is null,
            Cron = string.Create(CultureInfo.InvariantCulture, $"{start.Minute} {start.Hour} * * {(days.Length == 0 ? "*" : string.Join(',', days))}"),
            LastsMs = (long)lasts.TotalMilliseconds,
            Zone = window.Text("timezone") ?? "",
        };
        if (check is not null)
            made.CheckIds.Add(check);
        imported.Add(made);
    }
}
