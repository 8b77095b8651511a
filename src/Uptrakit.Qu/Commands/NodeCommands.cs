using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu node list | remove | rotate-key`.</summary>
internal static class NodeCommands
{
    internal static void Fill(Verb group, CommandEnvironment environment)
    {
        group.Add(List(environment));
        group.Add(Remove(environment));
        group.Add(RotateKey(environment));
    }

    private static Verb List(CommandEnvironment environment) =>
        new Verb("list", "Show the members of the cluster", "qu node list", "qu node list --json")
            .Asks(environment, Work, (work, _, cancel) => work.ListAsync(cancel));

    private static Verb Remove(CommandEnvironment environment)
    {
        Argument<string> id = Flags.Argument("node-id", "of the member, from 'qu node list'");
        Option<bool> yes = Flags.Yes();
        Verb verb = new("remove", "Evict a member; its key is refused from then on",
            "qu node remove 1f0e4a52-7f0b-4f3c-9b36-0f6f1f0f2c11");
        verb.Add(id);
        verb.Add(yes);
        return verb.Asks(environment, Work, (work, parsed, cancel) =>
            work.RemoveAsync(parsed.GetRequiredValue(id), parsed.GetValue(yes), cancel));
    }

    private static Verb RotateKey(CommandEnvironment environment)
    {
        Option<string?> keyType = QuFlags.KeyType();
        Verb verb = new("rotate-key", "Give this node a new key; its NodeID stays", "qu node rotate-key");
        verb.Add(keyType);
        return verb.Asks(environment, Work, (work, parsed, cancel) =>
            work.RotateKeyAsync(parsed.Given(keyType) ?? "p256", cancel));
    }

    private static NodeWork Work(DaemonClient daemon, CommandEnvironment environment) =>
        new(daemon, environment.Terminal, environment.Clock);
}
