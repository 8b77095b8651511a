using System.Text.Json;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>JSON as the tree that YAML is read into: what takes values out of it need not know which it was.</summary>
internal static class JsonTree
{
    private const int MaxDepth = 32;

    /// <summary>Null, with what is wrong, when it is no JSON object.</summary>
    public static YamlMap? TryRead(string text, out string fault)
    {
        fault = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (Node(document.RootElement) is YamlMap map)
                return map;
            fault = "is JSON, but no object";
        }
        catch (JsonException broken)
        {
            fault = $"is not JSON: line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}";
        }
        catch (InvalidOperationException)
        {
            // A string with half of a surrogate pair.
            fault = "is not JSON: a text in it is no Unicode";
        }

        return null;
    }

    private static YamlNode Node(JsonElement element) => element.ValueKind switch
    {
        // Of a name that is there twice the last counts, as it does for who wrote it.
        JsonValueKind.Object => new YamlMap(0, 0, [.. Fields(element)]),
        JsonValueKind.Array => new YamlList(0, 0, [.. element.EnumerateArray().Select(Node)]),
        JsonValueKind.String => new YamlScalar(0, 0, element.GetString()!, plain: false),
        JsonValueKind.Null => new YamlScalar(0, 0, "", plain: true),
        _ => new YamlScalar(0, 0, element.GetRawText(), plain: true),
    };

    private static Dictionary<string, YamlField>.ValueCollection Fields(JsonElement element)
    {
        Dictionary<string, YamlField> fields = [];
        foreach (JsonProperty property in element.EnumerateObject())
            fields[property.Name] = new YamlField(new YamlScalar(0, 0, property.Name, plain: false), Node(property.Value));
        return fields.Values;
    }
}
