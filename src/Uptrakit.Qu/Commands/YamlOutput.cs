using System.Globalization;
using System.Text.Json;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>A file of ours on standard output: YAML, or the same as JSON, which YAML can read.</summary>
internal static class YamlOutput
{
    internal static async Task WriteAsync(Terminal terminal, string yaml, CancellationToken cancel)
    {
        if (!terminal.Json)
        {
            // As it is: what could disturb a terminal was escaped by who wrote it.
            await terminal.Out.WriteAsync(yaml.AsMemory(), cancel);
            return;
        }

        YamlFaults faults = new();
        if (!YamlTree.TryRead(yaml, int.MaxValue, faults, out YamlMap? root))
            throw new InvalidOperationException($"a file of ours does not read: {faults.Found[0]}");
        terminal.WriteJson(json => Write(json, root!));
    }

    private static void Write(Utf8JsonWriter json, YamlNode node)
    {
        switch (node)
        {
            case YamlMap map:
                json.WriteStartObject();
                foreach (YamlField field in map.Fields)
                {
                    json.WritePropertyName(field.Name.Text);
                    Write(json, field.Value);
                }

                json.WriteEndObject();
                break;
            case YamlList list:
                json.WriteStartArray();
                foreach (YamlNode item in list.Items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            case YamlScalar { Plain: true, Text: "true" or "false" } flag:
                json.WriteBooleanValue(flag.Text == "true");
                break;
            case YamlScalar { Plain: true } number when long.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long value):
                json.WriteNumberValue(value);
                break;
            case YamlScalar text:
                json.WriteStringValue(text.Text);
                break;
        }
    }
}
