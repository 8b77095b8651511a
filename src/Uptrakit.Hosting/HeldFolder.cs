using Uptrakit.Trust.Files;

namespace Uptrakit.Hosting;

/// <summary>A folder that one process at a time works on.</summary>
public static class HeldFolder
{
    /// <summary>
    /// Makes the folder if it is missing, and keeps every other process out of it until the hold is disposed: two daemons of one
    /// identity would speak twice, and a sweep would take the other's unfinished files. The answer is what is wrong, or null.
    /// </summary>
    /// <param name="root">The folder.</param>
    /// <param name="mode">Its mode when it is made.</param>
    /// <param name="program">What the executable is called, for people.</param>
    /// <param name="remedy">How the operator names another folder.</param>
    /// <param name="hold">Held until it is disposed; null when something is wrong.</param>
    /// <param name="swept">How many leftovers of a crash were removed.</param>
    public static string? Take(string root, UnixFileMode mode, string program, string remedy, out IDisposable? hold, out int swept)
    {
        hold = null;
        swept = 0;
        try
        {
            if (File.Exists(root))
                return $"{root} is a file, not a folder: move it away, or {remedy}";
            if (!Directory.Exists(root))
                PrivateFolder.Create(root, mode);
            if (OthersFault(root) is { } others)
                return others;
            if (PrivateFolder.Fault(root) is { } fault)
                return fault;
            hold = Lock(root);
            swept = DurableFile.SweepLeftovers(root);
            return null;
        }
        catch (UnauthorizedAccessException fault)
        {
            hold?.Dispose();
            return $"{Words(fault)}: make {root} writable for user {PrivateFolder.CurrentUser}, or {remedy}";
        }
        catch (IOException fault)
        {
            hold?.Dispose();
            return IsHeld(fault)
                ? $"another {program} works on {root} now: a daemon, or a command that is not done; stop it first"
                : $"{Words(fault)}: mend that, or {remedy}";
        }
    }

    /// <summary>What root wrote here, the daemon of another user could not read.</summary>
    private static string? OthersFault(string root)
    {
        if (PrivateFolder.CurrentUser != 0 || PrivateFolder.OwnerOf(root) is not (> 0 and var owner))
            return null;
        string name = UserName.Of(owner);
        return $"{root} belongs to user {name}, and what root writes there that user's daemon could not read: "
            + $"run the same command as that user, with 'sudo -u {name} ...'";
    }

    private static FileStream Lock(string root) => new(Path.Combine(root, "lock"), new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        UnixCreateMode = DurableFile.OwnerOnly,
    });

    // EWOULDBLOCK of flock.
    private static bool IsHeld(IOException fault) => fault.HResult == 11;

    private static string Words(Exception fault) => fault.Message.TrimEnd('.', ' ');
}
