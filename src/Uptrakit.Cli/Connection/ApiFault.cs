namespace Uptrakit.Cli.Connection;

/// <summary>Why a request was not carried out: an exit code with words for the operator.</summary>
internal sealed record ApiFault(ExitCode Exit, string Words, string? Hint = null, string? Code = null)
{
    internal int Tell(Terminal terminal) => terminal.Fail(Exit, Words, Hint);
}
