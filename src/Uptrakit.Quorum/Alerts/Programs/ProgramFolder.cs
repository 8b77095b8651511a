using System.Diagnostics.CodeAnalysis;

namespace Uptrakit.Quorum.Alerts.Programs;

/// <summary>The programs that this node lets alerts start.</summary>
/// <param name="folder">Of the node's own configuration; null: none are started here.</param>
internal sealed class ProgramFolder(string? folder)
{
    internal const int NameLimit = 64;

    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Runnable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Null for the bare name of a file.</summary>
    internal static string? FaultOfName(string name) =>
        name.Length is > 0 and <= NameLimit
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && name[0] is not ('.' or '-')
            ? null
            : "is not the name of a program; letters, digits, dots, dashes and underscores are allowed, and no folder: "
                + "the node's own configuration names that";

    /// <summary>The program's path, or why it is not started.</summary>
    /// <remarks>
    /// The replicated state says which one, the node's administrator which there are. Whoever may write into the folder runs what
    /// they like as this daemon, so nobody but its owner may.
    /// </remarks>
    internal bool TryFind(string name, [NotNullWhen(true)] out string? path, [NotNullWhen(false)] out string? fault)
    {
        (path, fault) = (null, null);
        if (folder is null)
            fault = "this node starts no programs; its own configuration must name the folder that they are in";
        else if (FaultOfName(name) is not null)
            fault = "the program's name is not one";
        else if (!Directory.Exists(folder))
            fault = "the folder for programs is not there";
        else if ((File.GetUnixFileMode(folder) & WritableByOthers) != 0)
            fault = "the folder for programs may be written by others than its owner";
        else
            fault = FaultOfFile(Path.Combine(folder, name));

        if (fault is null)
            path = Path.Combine(folder!, name);
        return path is not null;
    }

    private static string? FaultOfFile(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists)
            return "there is no such program in the folder for programs";
        // Of what a link leads to.
        UnixFileMode mode = File.GetUnixFileMode(path);
        if ((mode & WritableByOthers) != 0)
            return "the program may be written by others than its owner";
        return (mode & Runnable) == 0 ? "the program is not executable" : null;
    }
}
