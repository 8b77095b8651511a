using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Uptrakit.CommandLine;

/// <summary>Tells which version this is.</summary>
public sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
{
    /// <summary>The version this binary was built as.</summary>
    public static string Version => typeof(VersionAction).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("version", Version);
                json.WriteEndObject();
            });
            return (int)ExitCode.Done;
        }
        terminal.WriteLine($"{terminal.Program} {Version}");
        return (int)ExitCode.Done;
    }
}
