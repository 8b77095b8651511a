using Uptrakit.CommandLine;
using Uptrakit.Services.Identity;

namespace Uptrakit.Services.Options;

/// <summary>From what the operator wrote to what is done: every fault is told at once, then nothing is done.</summary>
internal static class StartOptions
{
    /// <summary>The options of a run, or null when faults were told.</summary>
    public static async Task<ServiceOptions?> ReadAsync(
        string program, Func<Setting, string?> flag, ServiceEnvironment environment, CancellationToken cancel)
    {
        List<string> faults = [];
        (ServiceOptions options, GivenSettings given, StoredBefore stored) = Read(program, flag, environment, faults);
        bool enrolled = stored.IsEnrolled && !options.ForceEnroll;
        options.Token = await TokenReader.ReadAsync(given, enrolled, environment.Terminal, faults, cancel);
        StartRules.Check(options, given, stored, faults);
        return Report(program, environment.Terminal, faults) ? null : options;
    }

    /// <summary>
    /// The options of a look, or null when faults were told: those of a run, for it is to say what a run would do. Only that
    /// nothing is there to verify by is an answer too, and a token counts for its pin alone.
    /// </summary>
    public static async Task<ServiceOptions?> ReadToExplainAsync(
        string program, Func<Setting, string?> flag, ServiceEnvironment environment, CancellationToken cancel)
    {
        List<string> faults = [];
        (ServiceOptions options, GivenSettings given, StoredBefore stored) = Read(program, flag, environment, faults);
        bool enrolled = stored.IsEnrolled && !options.ForceEnroll;
        options.Token = await TokenReader.ReadAsync(given, enrolled, environment.Terminal, faults, cancel);
        StartRules.CheckLook(options, given, stored, faults);
        return Report(program, environment.Terminal, faults) ? null : options;
    }

    private static (ServiceOptions Options, GivenSettings Given, StoredBefore Stored) Read(
        string program, Func<Setting, string?> flag, ServiceEnvironment environment, List<string> faults)
    {
        GivenSettings given = GivenSettings.Read(flag, environment.Variable, faults);
        ServiceOptions options = new OptionReader(given, environment.Variable, program, faults).Read();
        return (options, given, new StateFolder(options.StateFolder).Peek());
    }

    private static bool Report(string program, Terminal terminal, List<string> faults)
    {
        foreach (string fault in faults.SkipLast(1))
            terminal.Fail(ExitCode.Usage, fault);
        if (faults.Count > 0)
            terminal.Fail(ExitCode.Usage, faults[^1], hint: $"see '{program} --help'");
        return faults.Count > 0;
    }
}
