using System.Text.Json;

namespace Uptrakit.Quorum.Alerts;

/// <summary>One request to a receiver, and how its answer is judged.</summary>
/// <param name="Url">Holds a secret as often as not: it appears in no reason.</param>
internal sealed record HttpOrder(HttpMethod Method, string Url, byte[] Body)
{
    internal Func<HttpAnswer, SendResult> Judge { get; init; } = HttpVerdict.Judge;

    internal IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    internal string ContentType { get; init; } = "application/json; charset=utf-8";

    /// <summary>Whether a success may still turn out to be none: then its body is read too.</summary>
    internal bool ReadsSuccess { get; init; }

    /// <summary>Why there is nothing to send; null when there is.</summary>
    internal string? Fault { get; private init; }

    internal static HttpOrder Post(string url, Action<Utf8JsonWriter> write) => new(HttpMethod.Post, url, Json(write));

    /// <summary>Trying again is of no use until the alert is edited.</summary>
    internal static HttpOrder Refuse(string fault) => new(HttpMethod.Post, "", []) { Fault = fault };

    /// <summary>Without the URL and the headers, which hold secrets.</summary>
    public override string ToString() => $"{Method} of {Body.Length} bytes";

    internal static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
