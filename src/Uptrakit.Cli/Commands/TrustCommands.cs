namespace Uptrakit.Cli.Commands;

internal static class TrustCommands
{
    internal static void Fill(Verb group, CliEnvironment environment)
    {
    }
}
