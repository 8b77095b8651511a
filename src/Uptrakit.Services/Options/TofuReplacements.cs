using Uptrakit.CommandLine;

namespace Uptrakit.Services.Options;

/// <summary>What became of <c>--tofu</c>, which did not say whom it trusted.</summary>
internal static class TofuReplacements
{
    internal const string Variable = "UPTRAKIT_TOFU";

    internal const string InOneLine = "choose --tofu-fingerprint=<hex>, --tofu-spki=<hex> or --tofu-insecure";

    private static readonly (string Old, string New)[] Table =
    [
        ("--tofu (alone)", "--tofu-insecure (preferred) or --tofu-fingerprint=<hex>"),
        ("--tofu --tofu-fingerprint=<hex>", "--tofu-fingerprint=<hex>"),
    ];

    /// <summary>Whether the historical flag is among the arguments, alone, beside others or with a value.</summary>
    public static bool IsAskedFor(IReadOnlyList<string> arguments, Func<string, string?> variable) =>
        arguments.TakeWhile(argument => argument != "--").Any(IsTofu) || !string.IsNullOrEmpty(variable(Variable));

    /// <summary>Says that it is gone, and what to write instead; the result is the exit code.</summary>
    public static int Report(Terminal terminal)
    {
        int width = Table.Max(row => row.Old.Length);
        int exit = terminal.Fail(ExitCode.Usage, "--tofu is removed: say whom to trust, or that you trust anyone");
        terminal.Error.WriteLine($"    {"Old".PadRight(width)}  New");
        foreach ((string old, string now) in Table)
            terminal.Error.WriteLine($"    {old.PadRight(width)}  {now}");
        terminal.Error.WriteLine("    The fingerprint is shown in the Dashboard under Global Settings, and by");
        terminal.Error.WriteLine("    'uptrakit-controller admin ca fingerprint' on the Controller's host.");
        return exit;
    }

    private static bool IsTofu(string argument) =>
        argument == "--tofu" || argument.StartsWith("--tofu=", StringComparison.Ordinal) || argument.StartsWith("--tofu:", StringComparison.Ordinal);
}
