using Uptrakit.CommandLine;

namespace Uptrakit.Services.Bootstrap;

/// <summary>What a step of the start came to: its value, or the exit code, with the reason already logged.</summary>
internal sealed class StartResult<T>
    where T : class
{
    private StartResult(T? value, ExitCode exit) => (Value, Exit) = (value, exit);

    /// <summary>Null when the process is to end.</summary>
    public T? Value { get; }

    public ExitCode Exit { get; }

    public static implicit operator StartResult<T>(T value) => new(value, ExitCode.Done);

    public static implicit operator StartResult<T>(ExitCode exit) => new(null, exit);
}
