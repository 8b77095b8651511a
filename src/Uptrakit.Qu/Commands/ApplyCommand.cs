using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu apply` and `qu export`: the configuration as a file.</summary>
internal static class ApplyCommand
{
    internal static Verb Declare(CommandEnvironment environment)
    {
        Option<string?> file = Flags.Text("--file", "file", "what should be there; '-' is standard input");
        file.Aliases.Add("-f");
        file.Required = true;
        Option<bool> dryRun = Flags.Switch("--dry-run", "show the plan, change nothing");
        Option<bool> prune = Flags.Switch("--prune", "remove what the file does not name");
        Verb verb = new("apply", "Make the cluster what a file says: checks, alerts, resolvers, maintenance",
            "qu apply -f cluster.yaml --dry-run", "qu apply -f cluster.yaml --prune", "qu export | sed s/30s/1m/ | qu apply -f -");
        verb.Add(file);
        verb.Add(dryRun);
        verb.Add(prune);
        return verb.Asks(environment, static (daemon, environment) => new ApplyWork(daemon, environment.Terminal), (work, parsed, cancel) =>
            work.RunAsync(parsed.GetRequiredValue(file)!, parsed.GetValue(dryRun), parsed.GetValue(prune), cancel));
    }

    internal static Verb DeclareExport(CommandEnvironment environment)
    {
        Option<bool> secrets = Flags.Switch("--secrets", "write secrets that stand in the cluster's state, too");
        Verb verb = new("export", "Write the configuration as a file that 'qu apply' takes", "qu export > cluster.yaml", "qu export --secrets > cluster-with-secrets.yaml");
        verb.Add(secrets);
        return verb.Asks(environment, static (daemon, environment) => new ExportWork(daemon, environment.Terminal), (work, parsed, cancel) =>
            work.RunAsync(parsed.GetValue(secrets), cancel));
    }
}
