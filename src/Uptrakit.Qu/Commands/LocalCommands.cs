using System.CommandLine;
using Uptrakit.Quorum.Membership;

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

    internal static Verb Serve(CommandEnvironment environment)
    {
        Option<string?> http = Flags.Checked("--http", "address:port", "serve the status page, the API and the metrics there (default nowhere; a port alone is loopback)",
            static text => NodeFileValues.Http(text, out _));
        Verb verb = new("serve", "Run the daemon in the foreground", "qu serve", "qu serve --http 127.0.0.1:9980",
            "QUPTIME_ADVERTISE=alpha.example.org:9901 qu serve");
        verb.Add(http);
        return verb.Does((parsed, cancel) => environment.Node.ServeAsync(parsed.Given(http), cancel));
    }
}
