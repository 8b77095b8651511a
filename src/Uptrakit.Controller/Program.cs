using Uptrakit.CommandLine;
using Uptrakit.Controller.Commands;

namespace Uptrakit.Controller;

internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        CommandEnvironment environment = new(
            Terminal.OfProcess("uptrakit-controller"), Environment.GetEnvironmentVariable, TimeProvider.System);
        return ControllerCommandLine.RunAsync(arguments, environment);
    }
}
