namespace Uptrakit.CommandLine.Completion;

/// <summary>Names inside the scripts.</summary>
internal static class ShellNames
{
    /// <summary>The name of the executable as a function of a shell.</summary>
    internal static string FunctionOf(string program) => "_" + program.Replace('-', '_');
}
