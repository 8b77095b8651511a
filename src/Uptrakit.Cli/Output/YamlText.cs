using System.Buffers;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Uptrakit.Cli.Output;

/// <summary>JSON data as YAML 1.2, in block style.</summary>
internal static class YamlText
{
    private static readonly EmitterSettings Settings =
        EmitterSettings.Default.WithBestWidth(int.MaxValue).WithMaxSimpleKeyLength(1024);

    // What no reader takes for anything but this text: begins with a letter, holds nothing that YAML gives a meaning.
    private static readonly SearchValues<char> PlainLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./@");

    // YAML 1.1 readers, still the most common, take these for booleans and null.
    private static readonly string[] Reserved = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

    internal static string Of(JsonElement data)
    {
        using StringWriter text = new();
        Emitter emitter = new(text, Settings);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, data);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonElement data)
    {
        switch (data.ValueKind)
        {
            case JsonValueKind.Object:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
                foreach (JsonProperty property in data.EnumerateObject())
                {
                    emitter.Emit(Text(property.Name));
                    Emit(emitter, property.Value);
                }
                emitter.Emit(new MappingEnd());
                break;
            case JsonValueKind.Array:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
                foreach (JsonElement item in data.EnumerateArray())
                    Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                emitter.Emit(Text(data.GetString()!));
                break;
            default:
                emitter.Emit(new Scalar(data.ValueKind is JsonValueKind.Null ? "null" : data.GetRawText()));
                break;
        }
    }

    private static Scalar Text(string text) => new(AnchorName.Empty, TagName.Empty, text,
        IsPlain(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted, isPlainImplicit: true, isQuotedImplicit: true);

    private static bool IsPlain(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && !text.AsSpan().ContainsAnyExcept(PlainLetters)
        && !Reserved.Contains(text, StringComparer.OrdinalIgnoreCase);
}
