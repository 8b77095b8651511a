using System.Text.Json;
using Uptrakit.Cli.Commands;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Cli;

/// <summary>Somebody with a home of their own who runs `uptrakit`.</summary>
internal sealed class CliUser : IDisposable
{
    private readonly ScratchFolder home = new();

    internal Dictionary<string, string?> Variables { get; } = [];

    internal string ConfigPath => Path.Combine(home.Path, "config", "uptrakit", "config.json");

    internal JsonElement Config => JsonDocument.Parse(File.ReadAllText(ConfigPath)).RootElement;

    /// <summary>The roots of the user's machine.</summary>
    internal string? Roots { get; set; }

    internal DateTimeOffset Now { get; set; } = CliRun.Now;

    internal string FileWith(string content)
    {
        string path = home[Guid.NewGuid().ToString("N")];
        File.WriteAllText(path, content);
        return path;
    }

    internal Task<CliRun> RunAsync(params string[] arguments) => RunAsync(arguments, "", interactive: false);

    /// <summary>At a terminal, typing one answer.</summary>
    internal Task<CliRun> AnswerAsync(string answer, params string[] arguments) =>
        RunAsync(arguments, answer + "\n", interactive: true);

    internal Task<CliRun> PipeAsync(string input, params string[] arguments) => RunAsync(arguments, input, interactive: false);

    public void Dispose() => home.Dispose();

    private async Task<CliRun> RunAsync(string[] arguments, string input, bool interactive)
    {
        using StringReader typed = new(input);
        using StringWriter output = new();
        using StringWriter error = new();
        List<TimeSpan> pauses = [];
        CliEnvironment environment = CliRun.Environment(typed, output, error, interactive, Variable, Roots, pauses.Add, Now);
        int exit = await CliCommandLine.RunAsync(arguments, environment, TestContext.Current.CancellationToken);
        return new CliRun((ExitCode)exit, output.ToString(), error.ToString(), pauses);
    }

    private string? Variable(string name) =>
        Variables.TryGetValue(name, out string? value) ? value : name == "XDG_CONFIG_HOME" ? home["config"] : null;
}
