using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Uptrakit.Cli.Output;

/// <summary>Writes one answer in the form that was asked for.</summary>
internal sealed class Printer(Terminal terminal)
{
    private OutputFormat format;

    internal OutputFormat Format
    {
        get => format;
        set
        {
            format = value;
            terminal.Json = value is OutputFormat.Json;
        }
    }

    /// <summary>People get <paramref name="human"/>, programs all of <paramref name="data"/>.</summary>
    internal int Show<T>(T data, JsonTypeInfo<T> type, Action<T> human)
    {
        switch (format)
        {
            case OutputFormat.Json:
                terminal.WriteJson(json => JsonSerializer.Serialize(json, data, type));
                break;
            case OutputFormat.Yaml:
                terminal.Out.Write(YamlText.Of(JsonSerializer.SerializeToElement(data, type)));
                break;
            default:
                human(data);
                break;
        }
        return (int)ExitCode.Done;
    }
}
