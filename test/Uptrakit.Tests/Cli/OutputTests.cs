using System.Text.Json;
using CsCheck;
using Uptrakit.Cli.Output;
using YamlDotNet.RepresentationModel;

namespace Uptrakit.Tests.Cli;

public sealed class OutputTests : IDisposable
{
    // What a reader of YAML could take for something else, and letters that need an escape.
    private static readonly Gen<string> Text = Gen.OneOf(Gen.String, Gen.OneOf(
        "", " ", "true", "No", "null", "~", "1", "1.5", "0x1f", "1_000", "12:30", "2026-03-01", "- a", "a: b", "a #b", "#", "&a", "*a",
        "!t", "%d", "@", "`", "[a]", "{a}", "'", "\"", "\\", "a\nb", "a\r\nb", "\t", "\u001b[2J", "\u0085", "\u2028", "\ufeff", "<<",
        "=", "trailing ", " leading", "---", "...", "?", "yes", "on", "off", ".inf", "ü", "日本"));

    private static readonly Gen<JsonElement> Data = Gen.Recursive<JsonElement>((depth, child) => depth > 3
        ? Leaf
        : Gen.OneOf(Leaf,
            child.Array[0, 4].Select(items => Of(json =>
            {
                json.WriteStartArray();
                foreach (JsonElement item in items)
                    item.WriteTo(json);
                json.WriteEndArray();
            })),
            Gen.Select(Text, child).Array[0, 4].Select(fields => Of(json =>
            {
                json.WriteStartObject();
                foreach ((string name, JsonElement value) in fields.DistinctBy(field => field.Item1))
                {
                    json.WritePropertyName(name);
                    value.WriteTo(json);
                }
                json.WriteEndObject();
            }))));

    private readonly CliUser dana = new();

    private static Gen<JsonElement> Leaf => Gen.OneOf(
        Text.Select(text => Of(json => json.WriteStringValue(text))),
        Gen.Long.Select(number => Of(json => json.WriteNumberValue(number))),
        Gen.Bool.Select(flag => Of(json => json.WriteBooleanValue(flag))),
        Gen.Const(Of(json => json.WriteNullValue())));

    public void Dispose() => dana.Dispose();

    [Fact]
    public void Yaml_OfAnyData_ReadsBackAsTheSame() => Data.Sample(data =>
    {
        YamlStream stream = [];
        stream.Load(new StringReader(YamlText.Of(data)));
        AssertSame(data, stream.Documents.Single().RootNode);
    }, iter: 500);

    [Fact]
    public async Task Status_AsYaml_IsTheSameAsJson()
    {
        CliRun json = await dana.RunAsync("auth", "status", "--server", "h", "-o", "json");
        CliRun yaml = await dana.RunAsync("auth", "status", "--server", "h", "-o", "yaml");

        YamlStream stream = [];
        stream.Load(new StringReader(yaml.Out));
        AssertSame(json.Json, stream.Documents.Single().RootNode);
        Assert.StartsWith("server: \"https://h:8443\"\ntrust: system\nca_fingerprint: null\ninsecure: false\n", yaml.Out, StringComparison.Ordinal);
    }

    private static void AssertSame(JsonElement data, YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                Assert.Equal(data.EnumerateObject().Select(field => field.Name), map.Children.Keys.Select(key => ((YamlScalarNode)key).Value));
                foreach ((JsonProperty field, YamlNode value) in data.EnumerateObject().Zip(map.Children.Values))
                    AssertSame(field.Value, value);
                break;
            case YamlSequenceNode list:
                Assert.Equal(data.GetArrayLength(), list.Children.Count);
                foreach ((JsonElement item, YamlNode value) in data.EnumerateArray().Zip(list.Children))
                    AssertSame(item, value);
                break;
            case YamlScalarNode scalar when data.ValueKind is JsonValueKind.String:
                Assert.Equal(data.GetString(), scalar.Value);
                Assert.False(scalar.Style is YamlDotNet.Core.ScalarStyle.Plain && IsNoText(scalar.Value!), scalar.Value);
                break;
            case YamlScalarNode scalar:
                Assert.Equal(YamlDotNet.Core.ScalarStyle.Plain, scalar.Style);
                Assert.Equal(data.GetRawText(), scalar.Value);
                break;
        }
    }

    // What a reader of YAML 1.1 or 1.2 takes for a truth value, null or a number when it is not quoted.
    private static bool IsNoText(string plain) =>
        plain.ToLowerInvariant() is "" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n" or "null" or "~"
        || !char.IsAsciiLetter(plain[0]);

    private static JsonElement Of(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
            write(writer);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
