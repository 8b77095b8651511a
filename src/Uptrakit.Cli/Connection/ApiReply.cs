using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Connection;

/// <summary>What the Controller answered: a status and a body within the bound.</summary>
internal sealed record ApiReply(HttpStatusCode Status, byte[] Body)
{
    internal bool Succeeded => (int)Status is >= 200 and < 300;

    internal T? As<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A failure in words.</summary>
    internal ApiFault Fault()
    {
        Problem? problem = As(ApiJson.Default.Problem);
        string words = problem is { Title.Length: > 0 } ? Sentence(problem) : Words();
        return new ApiFault(CodeOf(problem?.Code), words, Hint(problem?.Code), problem?.Code);
    }

    private static string Sentence(Problem problem) =>
        string.IsNullOrEmpty(problem.Detail) ? problem.Title : $"{problem.Title}: {problem.Detail}";

    private ExitCode CodeOf(string? code) => (code, Status) switch
    {
        (ProblemCode.Invalid, _) => ExitCode.Usage,
        (null, HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout) => ExitCode.Unreachable,
        _ => ExitCode.Failed,
    };

    private string Words() => (int)Status switch
    {
        401 => "the Controller does not know who you are",
        403 => "you may not do that",
        404 => "there is no such thing",
        429 => "too many attempts",
        502 or 503 or 504 => $"the Controller is not there (HTTP {(int)Status})",
        >= 300 and < 400 => "the server sends callers elsewhere, which uptrakit does not follow",
        _ => $"the Controller answered with HTTP {(int)Status}",
    };

    private string? Hint(string? code) => (int)Status switch
    {
        401 => "sign in with 'uptrakit auth login'; 'uptrakit auth status' shows as whom",
        403 => "'uptrakit auth status' shows as whom you are signed in",
        429 => "wait a minute, then try again",
        >= 300 and < 400 => "give the Controller's own address with --server",
        >= 500 and < 600 => "the Controller's log says more",
        409 when code is ProblemCode.Conflict => "look at it again, then repeat the command",
        _ => null,
    };
}
