using System.CommandLine;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Explain;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Options;

namespace Uptrakit.Services.Explaining;

/// <summary><c>trust explain</c>: what the Controller shows, and what each mode decides about it. Nothing secret is sent or shown.</summary>
internal static class ExplainCommand
{
    internal const string Json = "--json";

    public static Verb Declare(ServiceProfile profile, ServiceEnvironment environment)
    {
        Verb trust = new("trust", "How the Controller is verified", $"{profile.Program} trust explain");
        Verb explain = new("explain", "Look at the Controller, and say what each mode decides about it and why",
            $"{profile.Program} trust explain --url https://controller.example.org:8443",
            $"{profile.Program} trust explain --json");
        SettingFlags flags = new();
        flags.AddTo(explain);
        trust.Add(explain.Does((parsed, cancel) => RunAsync(profile, environment, setting => flags.Given(parsed, setting), cancel)));
        return trust;
    }

    private static async Task<int> RunAsync(
        ServiceProfile profile, ServiceEnvironment environment, Func<Setting, string?> flag, CancellationToken cancel)
    {
        Terminal terminal = environment.Terminal;
        ServiceOptions? options = await StartOptions.ReadToExplainAsync(profile.Program, flag, environment, cancel);
        if (options is null)
            return (int)ExitCode.Usage;
        StateFolder folder = new(options.StateFolder);
        if (!folder.TryRead(out ServiceState? state, out string? fault) && !options.ForceEnroll)
            return terminal.Fail(ExitCode.TrustRefused, fault);

        ServiceLook look = new(options, new TrustTerms(options, state ?? ServiceState.Empty, folder.Root), environment, environment.Roots());
        (ExplainReport? report, ExitCode exit) = await look.AtAsync(cancel);
        if (report is null)
            return (int)exit;
        if (terminal.Json)
            terminal.WriteJson(json => ExplainJson.Write(json, report));
        else
            ExplainText.Print(terminal, report);
        return (int)exit;
    }
}
