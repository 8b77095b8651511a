using Uptrakit.CommandLine;

namespace Uptrakit.Controller.Commands;

/// <summary>What commands work with; tests hand in their own.</summary>
internal sealed record CommandEnvironment(Terminal Terminal, Func<string, string?> Variable, TimeProvider Clock)
{
    private const string Prefix = "UPTRAKIT_CONTROLLER_";

    /// <summary>The variable that stands for an option: --state-dir is UPTRAKIT_CONTROLLER_STATE_DIR. An empty one is unset.</summary>
    public string? VariableOf(string option) => Variable(VariableName(option)) is { Length: > 0 } value ? value : null;

    public static string VariableName(string option) =>
        Prefix + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();
}
