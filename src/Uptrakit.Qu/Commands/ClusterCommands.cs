using System.CommandLine;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu cluster resolvers show | set | clear`.</summary>
internal static class ClusterCommands
{
    internal static void Fill(Verb group, CommandEnvironment environment)
    {
        Verb resolvers = new("resolvers", "DNS servers that all checks use, in fail-over order",
            "qu cluster resolvers set 1.1.1.1 9.9.9.9");
        resolvers.Add(new Verb("show", "Show them", "qu cluster resolvers show")
            .Does((_, cancel) => environment.AskAsync(daemon => ShowAsync(daemon, environment.Terminal, cancel))));
        resolvers.Add(Set(environment));
        resolvers.Add(new Verb("clear", "Use each machine's own DNS servers", "qu cluster resolvers clear")
            .Does((_, cancel) => environment.AskAsync(daemon => SetAsync(daemon, environment.Terminal, [], cancel))));
        group.Add(resolvers);
    }

    private static Verb Set(CommandEnvironment environment)
    {
        Argument<string[]> servers = new("resolver") { Arity = ArgumentArity.OneOrMore, Description = "address or address:port" };
        servers.Validators.Add(result =>
        {
            IEnumerable<string?> faults = result.Tokens.Select(token => QuFlags.FaultOfResolver(token.Value));
            if (faults.FirstOrDefault(fault => fault is not null) is string first)
                result.AddError($"<resolver>: {first}");
        });
        Verb verb = new("set", "Replace them", "qu cluster resolvers set 1.1.1.1 9.9.9.9:53");
        verb.Add(servers);
        return verb.Does((parsed, cancel) => environment.AskAsync(daemon =>
            SetAsync(daemon, environment.Terminal, parsed.GetRequiredValue(servers), cancel)));
    }

    internal static async Task<int> ShowAsync(DaemonClient daemon, Terminal terminal, CancellationToken cancel)
    {
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Resolvers = true }, cancel);
        if (terminal.Json)
        {
            terminal.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (string resolver in state.Resolvers)
                    json.WriteStringValue(resolver);
                json.WriteEndArray();
            });
            return (int)ExitCode.Done;
        }
        foreach (string resolver in state.Resolvers)
            terminal.WriteLine(resolver);
        if (state.Resolvers.Count == 0)
            terminal.Say("none: each machine uses its own DNS servers");
        return (int)ExitCode.Done;
    }

    internal static async Task<int> SetAsync(DaemonClient daemon, Terminal terminal, string[] servers, CancellationToken cancel)
    {
        SetResolvers resolvers = new();
        resolvers.Resolvers.AddRange(servers);
        string done = servers.Length == 0 ? "resolvers cleared" : $"resolvers set to {string.Join(", ", servers)}";
        int code = await daemon.ApplyAsync(terminal, new Change { SetResolvers = resolvers }, done, cancel);
        if (code != (int)ExitCode.Done || servers.Length == 0)
            return code;
        // From now on these are asked in place of what such checks name.
        foreach (Check check in (await daemon.ReadAsync(new ReadRequest { Checks = true }, cancel)).Checks.Where(static check => check.Resolvers.Count == 0))
            ShadowedResolver.Tell(terminal, check, servers);
        return code;
    }
}
