using System.Diagnostics;

namespace Uptrakit.Tests.Shared;

/// <summary>A named pipe into which nobody writes, until the test does.</summary>
internal static class TestFifo
{
    public static string Make(string path)
    {
        using Process made = Process.Start("mkfifo", ["-m", "600", path]);
        made.WaitForExit();
        return path;
    }
}
