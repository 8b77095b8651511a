using System.CommandLine;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Explain;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Options;
using Uptrakit.Trust.Anchors;

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
        if (!new StateFolder(options.StateFolder).TryRead(out ServiceState? state, out string? fault))
            return terminal.Fail(ExitCode.TrustRefused, fault);

        ExplainRequest request = Request(options, state);
        ExplainReport report = await new Explainer(environment.Clock, NativeRoots.Load()).ExplainAsync(request, cancel);
        if (terminal.Json)
            terminal.WriteJson(json => ExplainJson.Write(json, report));
        else
            ExplainText.Print(terminal, report);
        return (int)(report.Unreachable is not null ? ExitCode.Unreachable
            : report.Decision is { Accepted: true } ? ExitCode.Done
            : ExitCode.TrustRefused);
    }

    private static ExplainRequest Request(ServiceOptions options, ServiceState state)
    {
        StoredTrust? stored = options.ForceEnroll ? null : state.Trust;
        return new ExplainRequest
        {
            Address = options.Addresses.Count > 0 ? options.Addresses[0] : state.Addresses[0],
            Trust = options.Trust,
            Stored = stored?.Bundle,
            CaFile = options.CaFile,
            PublicRoots = options.PublicRoots,
            NativeRoots = options.NativeRoots,
            OtherFingerprint = options.Acknowledge ?? options.Token?.Pin ?? stored?.Pin,
            OtherSpki = stored?.MatchedSpki,
        };
    }
}
