using System.CommandLine;
using Uptrakit.CommandLine.Completion;

namespace Uptrakit.Qu.Commands;

/// <summary>All commands of `qu`.</summary>
internal static class CommandTree
{
    internal const string Json = "--json";

    /// <summary>Builds the tree; with <paramref name="words"/>, only the groups they name get their commands.</summary>
    /// <remarks>A command line uses one command: building the others would be most of the work of starting.</remarks>
    internal static Verb Build(CommandEnvironment environment, IReadOnlyCollection<string>? words = null)
    {
        Verb root = RootVerb.Of(environment.Terminal, "Know that your machines are up: a quorum of nodes that watches, votes and alerts",
            "qu init --advertise alpha.example.org:9901",
            "qu serve",
            "qu check add http web https://example.org/health",
            "qu status");
        root.Add(new Option<bool>(Json) { Description = "print data as JSON", Recursive = true });

        root.Add(LocalCommands.Init(environment));
        root.Add(LocalCommands.Serve(environment));
        root.Add(StatusCommand.Declare(environment));
        root.Add(Tui.TuiCommand.Declare(environment));
        root.Add(HistoryCommands.History(environment));
        root.Add(HistoryCommands.Uptime(environment));
        Group("enroll", "Bring new nodes into the cluster", "qu enroll create --name bravo", EnrollCommands.Fill);
        Group("node", "Members of the cluster", "qu node list", NodeCommands.Fill);
        Group("trust", "Keys that this node trusts", "qu trust list", TrustCommands.Fill);
        Group("check", "What is watched", "qu check add http web https://example.org/health", CheckCommands.Fill);
        Group("alert", "Who is told", "qu alert list", AlertCommands.Fill);
        Group("maintenance", "When nothing is told", "qu maintenance add upgrade --for 2h --checks web,db", MaintenanceCommands.Fill);
        Group("cluster", "Settings of the whole cluster", "qu cluster resolvers show", ClusterCommands.Fill);
        root.Add(ApplyCommand.Declare(environment));
        root.Add(ApplyCommand.DeclareExport(environment));
        Group("import", "Take over from another monitor", "qu import gatus config.yaml", ImportCommands.Fill);
        root.Add(BackupCommand.Declare(environment));
        root.Add(BackupCommand.DeclareRestore(environment));
        root.Add(BuilderCommand.Declare(environment));
        root.Add(CompletionCommand.Declare(environment.Terminal, () => Build(environment)));
        return root;

        void Group(string name, string description, string example, Action<Verb, CommandEnvironment> fill)
        {
            Verb group = new(name, description, example);
            root.Add(group);
            if (words?.Contains(name) ?? true)
                fill(group, environment);
        }
    }
}
