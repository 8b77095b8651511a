using System.CommandLine;
using Uptrakit.Quorum.Alerts.Templates;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu builder`: the page in which templates of messages are written, with a preview.</summary>
internal static class BuilderCommand
{
    internal static Verb Declare(CommandEnvironment environment)
    {
        Option<string?> output = Flags.Text("--output", "file", "where to write it (default standard output)");
        Verb verb = new("builder", "Write a stand-alone HTML page that builds message templates", "qu builder --output builder.html", "qu builder > builder.html");
        verb.Add(output);
        return verb.Does(async (parsed, cancel) =>
        {
            string page = TemplateBuilder.Html();
            if (parsed.Given(output) is not { } file)
            {
                await environment.Terminal.Out.WriteAsync(page.AsMemory(), cancel);
                return (int)ExitCode.Done;
            }

            try
            {
                await File.WriteAllTextAsync(file, page, cancel);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return environment.Terminal.Fail(ExitCode.Failed, $"--output: {fault.Message}");
            }

            environment.Terminal.Say($"wrote {file}: open it in a browser");
            return (int)ExitCode.Done;
        });
    }
}
