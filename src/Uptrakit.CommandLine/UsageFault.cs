using System.CommandLine;
using System.CommandLine.Parsing;

namespace Uptrakit.CommandLine;

/// <summary>Says what is wrong with a command line, and how it is written.</summary>
public static class UsageFault
{
    /// <summary>Null when the command line can be run, else the exit code, with everything told.</summary>
    public static int? Report(ParseResult parsed, Terminal terminal)
    {
        List<string> faults = [.. FaultsOf(parsed).Distinct()];
        if (faults.Count == 0)
            return null;

        Verb verb = (Verb)parsed.CommandResult.Command;
        for (int i = 0; i < faults.Count - 1; i++)
            terminal.Fail(ExitCode.Usage, faults[i]);
        string example = verb.Examples.Count > 0 ? $"; for example: {verb.Examples[0]}" : "";
        return terminal.Fail(ExitCode.Usage, faults[^1], hint: $"see '{verb.FullName} --help'{example}");
    }

    private static IEnumerable<string> FaultsOf(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0 && parsed.Action is HelpWithExamples or VersionAction)
            return [];

        Command command = parsed.CommandResult.Command;
        // What follows an unknown word is unmatched too, and only noise.
        if (StrayOption(parsed) is string option)
            return [$"unknown option '{option}'{Suggestion(option, OptionsOf(parsed))}"];
        if (parsed.UnmatchedTokens is [string word, ..])
        {
            return command.Subcommands.Count > 0
                ? [$"unknown command '{word}'{Suggestion(word, command.Subcommands.Select(known => known.Name))}"]
                : [$"unexpected argument '{word}'"];
        }
        return parsed.Errors.Select(error => Words(error, command));
    }

    private static string Words(ParseError error, Command command) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0 } argument => $"missing <{argument.Argument.Name}>",
        OptionResult { IdentifierToken: null } option => $"missing {option.Option.Name}",
        OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} needs a value",
        OptionResult { Tokens.Count: > 1 } option when option.Option.Arity.MaximumNumberOfValues == 1 =>
            $"{option.Option.Name} is given more than once",
        CommandResult when command.Subcommands.Count > 0 =>
            $"'{((Verb)command).FullName}' needs one of: {string.Join(", ", command.Subcommands.Select(known => known.Name))}",
        _ => error.Message,
    };

    // The parser would take a mistyped option for the name of a check, and act on it.
    private static string? StrayOption(ParseResult parsed)
    {
        foreach (Token token in parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash))
        {
            bool looksLikeOption = token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-';
            if (looksLikeOption && !BelongsToOption(parsed, token))
                return token.Value;
        }
        return null;
    }

    private static bool BelongsToOption(ParseResult parsed, Token token) => parsed.CommandResult.Children
        .OfType<OptionResult>().Any(option => option.Tokens.Any(value => ReferenceEquals(value, token)));

    private static IEnumerable<string> OptionsOf(ParseResult parsed)
    {
        for (SymbolResult? level = parsed.CommandResult; level is CommandResult here; level = level.Parent)
        {
            foreach (Option option in here.Command.Options.Where(option => option.Recursive || here == parsed.CommandResult))
                yield return option.Name;
        }
    }

    private static string Suggestion(string word, IEnumerable<string> known)
    {
        string? nearest = known.MinBy(candidate => Distance(word, candidate));
        return nearest is not null && Distance(word, nearest) <= 2 ? $"; did you mean '{nearest}'?" : "";
    }

    /// <summary>Levenshtein: letters to add, drop or replace.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
