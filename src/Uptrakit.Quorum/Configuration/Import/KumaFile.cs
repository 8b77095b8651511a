using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Reads a backup of Uptime Kuma, as its version 1 writes it.</summary>
internal static class KumaFile
{
    public const int MaxBytes = 32 * 1024 * 1024;

    private static readonly string[] Taken = ["version", "notificationList", "monitorList"];

    public static Imported Read(string text)
    {
        if (JsonTree.TryRead(text, out string fault) is not { } root)
            return new Imported { Fault = fault };
        ForeignFields file = new(root);
        if (!file.Has("monitorList") && !file.Has("notificationList"))
            return new Imported { Fault = "is no backup of Uptime Kuma: it has neither monitorList nor notificationList" };

        Imported imported = new();
        foreach (string section in file.Names.Where(static name => !Taken.Contains(name)))
            imported.Note($"'{Validation.Shown(section)}' is left out: there is nothing like it in a file of qu");
        IReadOnlyDictionary<string, string> alerts = new KumaNotifications(imported).Read(file.Items("notificationList"));
        new KumaMonitors(alerts, imported).Read([.. file.Items("monitorList")]);
        return imported;
    }
}
