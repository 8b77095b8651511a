using Uptrakit.CommandLine;

namespace Uptrakit.Controller.Commands;

/// <summary>`uptrakit-controller admin ...`: what can be done on the host, through the control socket.</summary>
internal static class AdminCommands
{
    internal static Verb Declare(CommandEnvironment environment, StateFolder folder)
    {
        _ = environment;
        _ = folder;
        return new Verb("admin", "Set up and run the Controller from its own host", "uptrakit-controller admin ca fingerprint");
    }
}
