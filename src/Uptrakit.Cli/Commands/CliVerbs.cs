using System.CommandLine;
using Uptrakit.Cli.Connection;

namespace Uptrakit.Cli.Commands;

/// <summary>Commands that are about a Controller.</summary>
internal static class CliVerbs
{
    /// <summary>Runs the work for the Controller that is meant; the work decides whether it is called at all.</summary>
    internal static Verb About(
        this Verb verb, CliEnvironment environment, Func<Target, ParseResult, CancellationToken, Task<int>> run) =>
        verb.Does((parsed, cancel) => TargetFlags.Read(parsed, environment, out int exit) is Target target
            ? run(target, parsed, cancel)
            : Task.FromResult(exit));

    /// <summary>Runs the work against the API, as somebody.</summary>
    internal static Verb Asks(
        this Verb verb, CliEnvironment environment, Func<ApiWork, ParseResult, CancellationToken, Task<int>> run) =>
        verb.About(environment, async (target, parsed, cancel) =>
        {
            (string? given, int? exit) = await TokenFlags.GivenAsync(parsed, environment, cancel);
            if (exit is int wrong)
                return wrong;
            if (TokenFlags.Choose(given, target, out ApiFault? fault) is not Credential credential)
                return fault!.Tell(environment.Terminal);
            using Session session = new(new ApiClient(target, environment), environment, credential);
            return await run(new ApiWork(session, environment), parsed, cancel);
        });
}
