using Uptrakit.CommandLine.Completion;

namespace Uptrakit.Cli.Commands;

/// <summary>All commands of `uptrakit`.</summary>
internal static class CliTree
{
    /// <summary>Builds the tree; with <paramref name="words"/>, only the groups they name get their commands.</summary>
    /// <remarks>A command line uses one command: building the others would be most of the work of starting.</remarks>
    internal static Verb Build(CliEnvironment environment, IReadOnlyCollection<string>? words = null)
    {
        Verb root = RootVerb.Of(environment.Terminal, "Look after the machines of a Controller",
            "uptrakit auth login --server https://uptrakit.example.org:8443 --tofu",
            "uptrakit enrollment-tokens create --name web-1",
            "uptrakit services list");
        GlobalFlags.AddTo(root);

        Group("auth", "Sign in, and say which authority the Controller has", "uptrakit auth status", AuthCommands.Fill);
        Group("trust", "Look at how a Controller is verified", "uptrakit trust explain", TrustCommands.Fill);
        Group("services", "What is enrolled: Agents and others", "uptrakit services list", ServiceCommands.Fill);
        Group("enrollment-tokens", "Tokens with which Services enroll",
            "uptrakit enrollment-tokens create --name web-1", EnrollmentTokenCommands.Fill);
        Group("settings", "Settings and certificates of the Controller", "uptrakit settings certificates show", SettingCommands.Fill);
        Group("users", "Who may sign in", "uptrakit users list", UserCommands.Fill);
        Group("api-tokens", "Tokens for programs", "uptrakit api-tokens create ci --ttl 90d", ApiTokenCommands.Fill);
        Group("audit", "Who did what", "uptrakit audit list", AuditCommands.Fill);
        root.Add(CompletionCommand.Declare(environment.Terminal, () => Build(environment)));
        return root;

        void Group(string name, string description, string example, Action<Verb, CliEnvironment> fill)
        {
            Verb group = new(name, description, example);
            root.Add(group);
            if (words?.Contains(name) ?? true)
                fill(group, environment);
        }
    }
}
