using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Output;
using Uptrakit.Trust.Anchors;

namespace Uptrakit.Cli.Commands;

/// <summary>What commands work with; tests hand in their own.</summary>
internal sealed class CliEnvironment(Terminal terminal, Func<string, string?> variable, TimeProvider clock)
{
    internal Terminal Terminal => terminal;

    internal TimeProvider Clock => clock;

    internal Printer Printer { get; } = new(terminal);

    /// <summary>The roots of this machine; read when a Controller is to be verified by them, not before.</summary>
    internal Func<NativeRoots> Roots { get; init; } = NativeRoots.Load;

    /// <summary>How a login waits between two questions.</summary>
    internal Func<TimeSpan, CancellationToken, Task> Pause { get; init; } = Task.Delay;

    /// <summary>Null when nothing says where the configuration lies.</summary>
    internal ConfigFile? Config => ConfigPlace.Of(variable) is string path ? new ConfigFile(path) : null;

    /// <summary>An environment variable; an empty one counts as not set.</summary>
    internal string? Variable(string name) => variable(name) is { Length: > 0 } value ? value : null;
}
