using System.CommandLine;
using System.CommandLine.Parsing;
using Uptrakit.Cli.Output;

namespace Uptrakit.Cli.Commands;

/// <summary>Options of every command.</summary>
internal static class GlobalFlags
{
    internal const string Server = "--server";
    internal const string Token = "--token";
    internal const string TokenFile = "--token-file";
    internal const string Insecure = "--insecure";
    internal const string Timeout = "--timeout";
    internal const string Output = "--output";

    internal static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);

    internal static void AddTo(Verb root)
    {
        Option<string?> output = Flags.OneOf(Output, "how data is written (default human)", "human", "json", "yaml");
        output.Aliases.Add("-o");
        Option[] options =
        [
            Flags.Text(Server, "url", "the Controller, as https://host:port (UPTRAKIT_SERVER)"),
            Flags.Text(Token, "token", "sign in with this token (UPTRAKIT_TOKEN); other users see arguments: prefer --token-file"),
            Flags.Text(TokenFile, "file", "file with the token; '-' is standard input"),
            Flags.Switch(Insecure, "accept any certificate; overrides all stored trust"),
            Flags.Duration(Timeout, "for each answer of the Controller (default 30s; UPTRAKIT_TIMEOUT)", LongestTimeout),
            output,
        ];
        foreach (Option option in options)
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    /// <summary>Told before faults are reported, so it takes the word as it was typed.</summary>
    internal static OutputFormat FormatOf(ParseResult parsed) =>
        (parsed.GetResult(Output) as OptionResult)?.Tokens is [Token word, ..]
            ? word.Value switch { "json" => OutputFormat.Json, "yaml" => OutputFormat.Yaml, _ => OutputFormat.Human }
            : OutputFormat.Human;
}
