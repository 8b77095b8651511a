namespace Uptrakit.Bench.Fleet;

/// <summary>The shipped executables, as `make dist` leaves them.</summary>
internal static class Executables
{
    public static string Controller { get; } = Of("UPTRAKIT_CONTROLLER", "artifacts/dist/controller/uptrakit-controller");

    public static string Agent { get; } = Of("UPTRAKIT_AGENT", "artifacts/dist/uptrakit-agent");

    /// <summary>Those of ours that are not there.</summary>
    public static IEnumerable<string> Missing => new[] { Controller, Agent }.Where(static path => !File.Exists(path));

    private static string Of(string variable, string usual) =>
        Path.GetFullPath(Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : usual);
}
