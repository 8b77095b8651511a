using System.Text.Json;

namespace Uptrakit.Qu.Commands;

/// <summary>Shapes that several answers share.</summary>
internal static class JsonShapes
{
    internal static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>The text, or null where there is none.</summary>
    internal static void WriteText(this Utf8JsonWriter json, string name, string? value) =>
        json.WriteString(name, string.IsNullOrEmpty(value) ? null : value);

    /// <summary>One array of objects: what every list prints.</summary>
    internal static void WriteArray<T>(this Terminal terminal, IEnumerable<T> items, Action<Utf8JsonWriter, T> write) =>
        terminal.WriteJson(json =>
        {
            json.WriteStartArray();
            foreach (T item in items)
            {
                json.WriteStartObject();
                write(json, item);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });

    internal static void WriteObject(this Terminal terminal, Action<Utf8JsonWriter> write) => terminal.WriteJson(json =>
    {
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    });
}
