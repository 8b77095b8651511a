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
