using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu init` and `qu serve`: they work on the data folder, with no daemon to ask.</summary>
internal static class LocalCommands
{
    internal static Verb Init(CommandEnvironment environment)
    {
        NodeFlags flags = new();
        Verb verb = new("init", "Make this machine the first node of a new cluster",
            "qu init --advertise alpha.example.org:9901");
        flags.AddTo(verb);
        return verb.Does((parsed, cancel) => environment.Node.InitAsync(flags.Read(parsed), environment.Terminal, cancel));
    }

    internal static Verb Serve(CommandEnvironment environment) =>
        new Verb("serve", "Run the daemon in the foreground", "qu serve", "QUPTIME_ADVERTISE=alpha.example.org:9901 qu serve")
            .Does((_, cancel) => environment.Node.ServeAsync(cancel));
}
