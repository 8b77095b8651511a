using System.Globalization;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Values of another program's file: taken where they make sense, null where they do not. Nothing in here complains.</summary>
internal sealed class ForeignFields(YamlMap map)
{
    public static ForeignFields None { get; } = new(new YamlMap(0, 0, []));

    public IEnumerable<string> Names => map.Fields.Where(static each => each.Value is not YamlScalar { IsNothing: true }).Select(static each => each.Name.Text);

    public bool Has(string name) => map.Find(name) is not null and not YamlScalar { IsNothing: true };

    /// <summary>Null also for an empty text.</summary>
    public string? Text(string name) => TextOf(map.Find(name));

    public long? Number(string name) =>
        double.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && Math.Abs(value) < 1e15 ? (long)value : null;

    public bool Flag(string name, bool otherwise) => Text(name)?.ToLowerInvariant() switch
    {
        "true" or "1" or "yes" or "on" => true,
        "false" or "0" or "no" or "off" => false,
        _ => otherwise,
    };

    public ForeignFields Map(string name) => map.Find(name) is YamlMap fields ? new ForeignFields(fields) : None;

    /// <summary>The items of a list that are maps; of a map, its values that are.</summary>
    public IEnumerable<ForeignFields> Items(string name) => map.Find(name) switch
    {
        YamlList list => list.Items.OfType<YamlMap>().Select(static item => new ForeignFields(item)),
        YamlMap values => values.Fields.Select(static field => field.Value).OfType<YamlMap>().Select(static item => new ForeignFields(item)),
        _ => [],
    };

    /// <summary>The texts of a list, or the one that stands there in place of a list.</summary>
    public IReadOnlyList<string> Texts(string name) => map.Find(name) is YamlList list
        ? [.. list.Items.Select(TextOf).OfType<string>()]
        : Text(name) is { } one ? [one] : [];

    /// <summary>Its fields that are texts.</summary>
    public IEnumerable<(string Name, string Value)> Pairs() => map.Fields.Select(static field => (field.Name.Text, TextOf(field.Value) ?? ""));

    private static string? TextOf(YamlNode? node) => node is YamlScalar { IsNothing: false, Text.Length: > 0 } scalar ? scalar.Text : null;
}
