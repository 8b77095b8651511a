using System.CommandLine;
using System.CommandLine.Help;

namespace Uptrakit.CommandLine;

/// <summary>The first word of a command line.</summary>
public static class RootVerb
{
    /// <summary>An executable without its commands: help and version.</summary>
    public static Verb Of(Terminal terminal, string description, params string[] examples)
    {
        Verb root = new(terminal.Program, description, examples);
        HelpOption help = new("--help", "-h") { Description = "show help" };
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Add(help);
        root.Add(new Option<bool>("--version") { Description = "show the version", Action = new VersionAction(terminal) });
        return root;
    }
}
