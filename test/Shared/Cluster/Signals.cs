using System.Runtime.InteropServices;

namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>Signals to one process that we started, by its id.</summary>
internal static partial class Signals
{
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int process, int signal) => _ = Kill(process, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
