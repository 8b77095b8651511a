using Uptrakit.CommandLine;

namespace Uptrakit.Controller.Commands;

/// <summary>`uptrakit-controller admin ...`: what can be done on the host, through the control socket.</summary>
internal static class AdminCommands
{
    internal static Verb Declare(CommandEnvironment environment, StateFolder folder)
    {
        AdminContext context = new(environment, folder);
        Verb admin = new("admin", "Set up and run the Controller from its own host", "uptrakit-controller admin ca fingerprint");
        admin.Add(UserCommands.DeclareUser(context));
        admin.Add(UserCommands.DeclareApiToken(context));
        admin.Add(EnrollmentTokenCommand.Declare(context));
        admin.Add(CaCommands.Declare(context));
        admin.Add(ServicesCommands.Declare(context));
        return admin;
    }
}
