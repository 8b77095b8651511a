using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Uptrakit.Cli.Connection;

/// <summary>A request as it can be sent more than once: after a token was renewed it is.</summary>
/// <param name="Method">GET, POST, PUT or DELETE.</param>
/// <param name="Path">From the root of the server on.</param>
/// <param name="Body">All of it, or null.</param>
/// <param name="MediaType">Of the body.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path, byte[]? Body = null, string MediaType = "application/json")
{
    private const string Base = "/api/v1/";

    internal static ApiRequest Get(string path) => new(HttpMethod.Get, Base + path);

    internal static ApiRequest Delete(string path) => new(HttpMethod.Delete, Base + path);

    internal static ApiRequest Post(string path) => new(HttpMethod.Post, Base + path);

    internal static ApiRequest Post<T>(string path, T body, JsonTypeInfo<T> type) =>
        new(HttpMethod.Post, Base + path, JsonSerializer.SerializeToUtf8Bytes(body, type));

    internal static ApiRequest Put<T>(string path, T body, JsonTypeInfo<T> type) =>
        new(HttpMethod.Put, Base + path, JsonSerializer.SerializeToUtf8Bytes(body, type));

    /// <summary>A form, as OAuth wants it (RFC 6749, appendix B). The fields may be secrets: they stay out of the address.</summary>
    internal static ApiRequest Form(string path, params (string Name, string Value)[] fields) => new(HttpMethod.Post, path,
        System.Text.Encoding.ASCII.GetBytes(string.Join('&',
            fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"))),
        "application/x-www-form-urlencoded");

    internal HttpRequestMessage ToMessage(Uri server)
    {
        HttpRequestMessage message = new(Method, new Uri(server, Path))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
        }
        return message;
    }

    /// <summary>Without the body: passwords and tokens are in bodies.</summary>
    public override string ToString() => $"{Method} {Path}";
}
