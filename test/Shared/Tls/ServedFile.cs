using System.Text;

namespace Uptrakit.Tests.Shared.Tls;

/// <summary>An HTTP/1.1 answer, whole.</summary>
internal static class ServedFile
{
    public static byte[] Ok(string body) => Answer("200 OK", Encoding.UTF8.GetBytes(body));

    public static byte[] NotFound { get; } = Answer("404 Not Found", []);

    public static byte[] Answer(string status, byte[] body, string headers = "") =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\n\r\n"), .. body];
}
