using System.Runtime.InteropServices;

namespace Uptrakit.Quorum.Alerts.Programs;

/// <summary>Signals to a process and all that it has started.</summary>
internal static partial class ProcessGroup
{
    private const int Kill = 9; // SIGKILL

    /// <summary>Ends the group that this process leads. Only while the process itself is not waited for: its number is then nobody else's.</summary>
    internal static void End(int leader)
    {
        if (leader > 1)
            _ = Signal(-leader, Kill);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
