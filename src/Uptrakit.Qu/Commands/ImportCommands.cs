using System.CommandLine;
using Uptrakit.Quorum.Configuration.Import;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu import gatus | uptime-kuma`: another monitor's file as one that `qu apply` takes. No daemon is asked.</summary>
internal static class ImportCommands
{
    internal static void Fill(Verb group, CommandEnvironment environment)
    {
        group.Add(Import(environment, "gatus", "Read a configuration of Gatus", "config.yaml", GatusFile.MaxBytes, GatusFile.Read));
        group.Add(Import(environment, "uptime-kuma", "Read a backup of Uptime Kuma (version 1, Settings, Backup)", "backup.json", KumaFile.MaxBytes, KumaFile.Read));
    }

    private static Verb Import(CommandEnvironment environment, string name, string description, string example, int maxBytes, Func<string, Imported> read)
    {
        Argument<string> file = Flags.Argument("file", "what to read; '-' is standard input");
        Verb verb = new(name, description, $"qu import {name} {example} > cluster.yaml", $"qu import {name} {example} | qu apply -f - --dry-run");
        verb.Add(file);
        return verb.Does((parsed, cancel) => RunAsync(environment.Terminal, parsed.GetRequiredValue(file), maxBytes, read, cancel));
    }

    private static async Task<int> RunAsync(Terminal terminal, string file, int maxBytes, Func<string, Imported> read, CancellationToken cancel)
    {
        string name = InputText.NameOf(file);
        InputText text = await InputText.ReadAsync(file, terminal, maxBytes, cancel);
        if (text.Fault is not null)
            return terminal.Fail(ExitCode.Usage, $"{name}: {text.Fault}");
        Imported imported = read(text.Value!);
        if (imported.Fault is not null)
            return terminal.Fail(ExitCode.Usage, $"{name}: {imported.Fault}");

        await YamlOutput.WriteAsync(terminal, Write(imported), cancel);
        foreach (string note in imported.Notes)
            terminal.Say(note);
        terminal.Say($"{imported.Checks.Count} checks and {imported.Alerts.Count} alerts; read it, then 'qu apply -f <file> --dry-run'");
        if (imported.CountClearSecrets() is > 0 and var secrets)
            terminal.Say($"{secrets} secrets are in it in clear: keep it where nobody else reads it, or put file: and env: in their places");
        return (int)ExitCode.Done;
    }

    private static string Write(Imported imported) => new Quorum.Configuration.DeclarationWriter(imported.Present, withSecrets: true) { SaysResolvers = false }
        .Write("Written by 'qu import'; 'qu apply -f' takes it.");
}
