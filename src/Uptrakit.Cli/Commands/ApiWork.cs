using System.Text.Json.Serialization.Metadata;
using Uptrakit.Cli.Connection;

namespace Uptrakit.Cli.Commands;

/// <summary>One command's work against the API: asks, shows, tells.</summary>
internal sealed class ApiWork(Session session, CliEnvironment environment)
{
    internal Terminal Terminal => environment.Terminal;

    internal TimeProvider Clock => environment.Clock;

    internal Task<ApiResult<T>> AskAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class => session.AskAsync(request, type, cancel);

    /// <summary>Asks, and writes the answer: all of it for programs, <paramref name="human"/> for people.</summary>
    internal async Task<int> ShowAsync<T>(
        ApiRequest request, JsonTypeInfo<T> type, Action<T> human, CancellationToken cancel)
        where T : class
    {
        ApiResult<T> answer = await session.AskAsync(request, type, cancel);
        return answer.Value is T value ? environment.Printer.Show(value, type, human) : answer.Fault!.Tell(Terminal);
    }

    /// <summary>Does something, and says that it is done.</summary>
    internal async Task<int> DoAsync(ApiRequest request, string done, CancellationToken cancel)
    {
        if (await session.DoAsync(request, cancel) is ApiFault fault)
            return fault.Tell(Terminal);
        Terminal.Say(done);
        return (int)ExitCode.Done;
    }
}
