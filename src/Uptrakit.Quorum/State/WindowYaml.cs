using System.Globalization;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.State;

/// <summary>Maintenance windows in files.</summary>
internal static class WindowYaml
{
    private static readonly string[] Fields = ["id", "name", "all", "checks", "tags", "from", "to", "cron", "lasts", "zone"];

    public static Edited<MaintenanceWindow> Read(YamlFields at)
    {
        at.RefuseOthers(Fields);
        at.Require("name");
        MaintenanceWindow window = new()
        {
            Id = at.Text("id") ?? "",
            Name = at.Text("name") ?? "",
            All = at.Flag("all") ?? false,
            FromMs = at.Moment("from") ?? 0,
            ToMs = at.Moment("to") ?? 0,
            Cron = at.Text("cron") ?? "",
            LastsMs = at.Milliseconds("lasts") ?? 0,
            Zone = at.Text("zone") ?? "",
        };
        window.CheckIds.Add(at.Texts("checks") ?? []);
        window.Tags.Add(at.Texts("tags") ?? []);
        return new Edited<MaintenanceWindow>(window, at);
    }

    public static void Write(YamlWriter yaml, MaintenanceWindow window)
    {
        if (window.Id.Length > 0)
            yaml.Field("id", window.Id);
        yaml.Field("name", window.Name);
        if (window.All)
            yaml.Field("all", true);
        if (window.CheckIds.Count > 0)
            yaml.Field("checks", window.CheckIds);
        if (window.Tags.Count > 0)
            yaml.Field("tags", window.Tags);
        if (window.Cron.Length > 0)
            yaml.Field("cron", window.Cron);
        if (window.Zone.Length > 0)
            yaml.Field("zone", window.Zone);
        if (window.LastsMs > 0)
            yaml.Plain("lasts", Durations.Format(window.LastsMs));
        if (window.FromMs > 0)
            yaml.Plain("from", Moments.Text(window.FromMs));
        if (window.ToMs > 0)
            yaml.Plain("to", Moments.Text(window.ToMs));
    }
}

/// <summary>Points in time as people write them: with the zone, because a file is read on more than one machine.</summary>
internal static class Moments
{
    public static bool TryParse(string text, out long milliseconds)
    {
        milliseconds = 0;
        bool hasZone = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T') && text.Contains('T');
        if (!hasZone || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return false;
        milliseconds = time.ToUnixTimeMilliseconds();
        return milliseconds > 0;
    }

    public static string Text(long milliseconds) => DateTimeOffset
        .FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()))
        .ToString(milliseconds % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
