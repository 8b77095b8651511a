using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>References to secrets that a daemon refuses to follow. The first probe or message would fail, so it is said when they are written.</summary>
/// <remarks>Words and no refusal: where the data folder of a member is, only that member knows.</remarks>
internal static class UnreadSecrets
{
    internal static void Tell(Terminal terminal, Alert alert) => Tell(terminal, $"alert {alert.Name}", SecretSlots.Of(alert));

    internal static void Tell(Terminal terminal, Check check) => Tell(terminal, $"check {check.Name}", SecretSlots.Of(check));

    private static void Tell(Terminal terminal, string owner, IEnumerable<SecretSlot> slots)
    {
        foreach (SecretSlot slot in slots)
        {
            if (slot.Secret.Sealed.IsEmpty && DoubtOf(slot.Secret.Text) is { } doubt)
                terminal.Say($"warning: {owner}: {slot.Field}: {doubt}");
        }
    }

    internal static string? DoubtOf(string text)
    {
        if (text.StartsWith(Secrets.Variable, StringComparison.Ordinal))
        {
            string name = text[Secrets.Variable.Length..];
            return name.StartsWith(NodeSecrets.DaemonPrefix, StringComparison.Ordinal)
                ? null
                : $"no node reads the variable {name}: set {NodeSecrets.DaemonPrefix}{name} for the daemon of each node, and name that";
        }

        if (!text.StartsWith(Secrets.File, StringComparison.Ordinal))
            return null;
        string path = Path.GetFullPath(text[Secrets.File.Length..]);
        string folder = Path.GetDirectoryName(path) ?? "/";
        return folder.Split('/').Contains(NodeSecrets.DaemonFolder)
            ? null
            : $"no node reads {path}: move it into the folder '{NodeSecrets.DaemonFolder}' of each node's data folder, such as /etc/quptime/{NodeSecrets.DaemonFolder}/{Path.GetFileName(path)}, and name that";
    }
}
