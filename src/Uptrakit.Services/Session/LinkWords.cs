using System.Net.Sockets;
using Grpc.Core;
using Uptrakit.CommandLine;

namespace Uptrakit.Services.Session;

/// <summary>Why a connection failed or ended, as the end of a sentence.</summary>
internal static class LinkWords
{
    public static string Of(HttpRequestException fault) => fault.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name cannot be looked up",
        HttpRequestError.ConnectionError => fault.GetBaseException() is SocketException socket
            ? $"nobody answers there ({socket.SocketErrorCode})"
            : "nobody answers there",
        HttpRequestError.SecureConnectionError => "the TLS handshake was broken off",
        HttpRequestError.VersionNegotiationError => "it does not speak HTTP/2: is something between here and the Controller?",
        _ => "it gave no proper answer",
    };

    public static string Of(RpcException fault) => fault switch
    {
        { Status.DebugException: HttpRequestException http } => Of(http),
        { StatusCode: StatusCode.Unimplemented } => "it is no Controller, or one of another version",
        { StatusCode: StatusCode.DeadlineExceeded } => "it did not answer in time",
        { Status.DebugException: not null } => "the connection broke off",
        // The server's own words: shown as one plain line.
        _ => fault.Status.Detail is { Length: > 0 } detail ? $"{fault.StatusCode}: {Plain.Line(Short(detail))}" : fault.StatusCode.ToString(),
    };

    private static string Short(string text) => text.Length <= 300 ? text : text[..300];
}
