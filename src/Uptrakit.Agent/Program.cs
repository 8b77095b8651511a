using Uptrakit.Contracts.Gateway;
using Uptrakit.Services;

namespace Uptrakit.Agent;

internal static class Program
{
    internal static readonly ServiceProfile Profile = new(
        "uptrakit-agent", ServiceKind.Agent, "The agent on a host: reports to its Controller, calls out only");

    private static Task<int> Main(string[] arguments) => ServiceCommandLine.RunAsync(Profile, arguments);
}
