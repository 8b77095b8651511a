using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Uptrakit.CommandLine;

/// <summary>The usual help, and below it how the command is written.</summary>
public sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        // A fixed width: asking the console for one costs more than the whole help.
        usual.MaxWidth = 100;
        usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in verb.Examples)
                output.WriteLine($"  {example}");
            output.WriteLine();
        }
        return (int)ExitCode.Done;
    }
}
