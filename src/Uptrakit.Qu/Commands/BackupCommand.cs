using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu backup` and `qu restore`: for a cluster that is lost.</summary>
internal static class BackupCommand
{
    internal static Verb Declare(CommandEnvironment environment)
    {
        Option<string?> output = Flags.Text("--output", "file", "where to; 0600, because secrets are in it");
        output.Aliases.Add("-o");
        output.Required = true;
        Option<bool> stale = Flags.Switch("--stale", "take what this node knows, although there is no quorum to ask");
        Verb verb = new("backup", "Save checks, alerts, resolvers, maintenance and states for a new cluster", "qu backup -o /var/backups/qu.backup");
        verb.Add(output);
        verb.Add(stale);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.BackupAsync(parsed.GetRequiredValue(output)!, parsed.GetValue(stale), cancel));
    }

    internal static Verb DeclareRestore(CommandEnvironment environment)
    {
        Argument<string> file = Flags.Argument("file", "what 'qu backup' wrote");
        Option<bool> replace = Flags.Switch("--replace", "this cluster has checks, alerts or the like: remove them first");
        Option<bool> yes = Flags.Yes();
        Verb verb = new("restore", "Put back what 'qu backup' saved, on the first node of a new cluster", "qu restore /var/backups/qu.backup");
        verb.Add(file);
        verb.Add(replace);
        verb.Add(yes);
        return verb.Asks(environment, Work, (work, parsed, cancel) =>
            work.RestoreAsync(parsed.GetRequiredValue(file), parsed.GetValue(replace), parsed.GetValue(yes), cancel));
    }

    private static BackupWork Work(DaemonClient daemon, CommandEnvironment environment) => new(daemon, environment);
}
