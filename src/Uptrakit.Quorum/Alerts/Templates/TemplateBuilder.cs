using System.Globalization;
using System.Text;
using System.Text.Json;
using Uptrakit.Quorum.Alerts.Services;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>The page that `qu builder` writes: one file, without a server, with a preview of what the daemon sends.</summary>
internal static class TemplateBuilder
{
    // Letters that .NET leaves as they are, because what their other case is depends on the language.
    private static readonly string[] s_caseless = ["\u0130", "\u0131", "\u017F"];

    internal static string Html() => Resource("builder.html")
        .Replace("/*DATA*/null/*DATA*/", Data(), StringComparison.Ordinal)
        .Replace("/*ENGINE*/", Resource("builder.js"), StringComparison.Ordinal);

    /// <summary>Limits, names, filters, markups, defaults and samples, as the page's script has them.</summary>
    internal static string Data()
    {
        using MemoryStream bytes = new();
        // The default encoder writes no "less than": the data cannot end the script that it is in.
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            WriteLimits(json);
            WriteLanguage(json);
            WriteMarkups(json);
            WriteSamples(json);
            WriteCase(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    internal static void Write(Utf8JsonWriter json, TemplateValue value)
    {
        switch (value)
        {
            case TemplateValue.Number number:
                json.WriteNumberValue(number.Value);
                break;
            case TemplateValue.Flag flag:
                json.WriteBooleanValue(flag.Value);
                break;
            case TemplateValue.List list:
                json.WriteStartArray();
                foreach (TemplateValue item in list.Items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            case TemplateValue.Group group:
                json.WriteStartObject();
                foreach ((string name, TemplateValue field) in group.Fields)
                {
                    json.WritePropertyName(name);
                    Write(json, field);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(value.Shown);
                break;
        }
    }

    private static void WriteLimits(Utf8JsonWriter json)
    {
        json.WriteStartObject("limits");
        json.WriteNumber("source", TemplateLimits.Source);
        json.WriteNumber("depth", TemplateLimits.Depth);
        json.WriteNumber("output", TemplateLimits.Output);
        json.WriteNumber("steps", TemplateLimits.Steps);
        json.WriteNumber("filtered", TemplateLimits.Filtered);
        json.WriteNumber("subject", AlertComposer.SubjectLimit);
        json.WriteNumber("discord", DiscordText.Limit);
        json.WriteNumber("telegram", TelegramSender.Limit);
        json.WriteNumber("slack", SlackSender.Limit);
        json.WriteEndObject();
    }

    private static void WriteLanguage(Utf8JsonWriter json)
    {
        json.WriteStartArray("names");
        foreach (TemplateName name in TemplateNames.All)
        {
            json.WriteStartObject();
            json.WriteString("path", name.Path);
            json.WriteString("help", name.Help);
            json.WritePropertyName("items");
            if (name.Items is null)
                json.WriteNullValue();
            else
                Write(json, new TemplateValue.List([.. name.Items.Select(i => new TemplateValue.Text(i))]));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("filters");
        foreach ((string name, string arguments, string help) in TemplateFilters.All)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("arguments", arguments);
            json.WriteString("help", help);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMarkups(Utf8JsonWriter json)
    {
        json.WriteStartObject("markups");
        foreach (Markup markup in Markup.All)
        {
            json.WriteStartObject(markup.Name);
            json.WriteString("around", markup.Around);
            json.WriteString("empty", markup.IfEmpty);
            json.WriteStartObject("replaced");
            foreach ((char c, string other) in markup.Replaced)
                json.WriteString(c.ToString(), other);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // Defaults are the same for many samples: each is there once, under a number.
    private static void WriteSamples(Utf8JsonWriter json)
    {
        List<TemplatePair> defaults = [];
        json.WriteStartObject("samples");
        foreach (CheckType type in SampleMessages.Types)
        {
            json.WriteStartObject(AlertText.Type(type));
            foreach ((string name, AlertMessage message) in SampleMessages.For(type))
            {
                TemplatePair pair = AlertComposer.Pair(message);
                if (!defaults.Contains(pair))
                    defaults.Add(pair);
                json.WriteStartObject(name);
                json.WriteNumber("default", defaults.IndexOf(pair));
                json.WriteBoolean("aboutCheck", message.IsAboutCheck);
                json.WritePropertyName("values");
                Write(json, AlertVariables.Of(message));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("defaults");
        foreach (TemplatePair pair in defaults)
        {
            json.WriteStartObject();
            json.WriteString("subject", pair.Subject);
            json.WriteString("body", pair.Body);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCase(Utf8JsonWriter json)
    {
        json.WriteStartArray("caseless");
        foreach (string letter in s_caseless)
            json.WriteStringValue(letter);
        json.WriteEndArray();
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(TemplateBuilder).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"the resource {name} is missing"));
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
