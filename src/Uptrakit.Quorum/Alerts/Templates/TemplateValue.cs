using System.Globalization;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>What a name in a template may stand for. There is nothing else: no object of the program is in reach.</summary>
internal abstract record TemplateValue
{
    private TemplateValue()
    {
    }

    internal static Text Empty { get; } = new("");

    internal sealed record Text(string Value) : TemplateValue;

    internal sealed record Number(long Value) : TemplateValue;

    internal sealed record Flag(bool Value) : TemplateValue;

    internal sealed record List(IReadOnlyList<TemplateValue> Items) : TemplateValue;

    internal sealed record Group(IReadOnlyDictionary<string, TemplateValue> Fields) : TemplateValue;

    /// <summary>Nothing, zero, an empty text and an empty list count as no.</summary>
    internal bool IsTrue => this switch
    {
        Text text => text.Value.Length > 0,
        Number number => number.Value != 0,
        Flag flag => flag.Value,
        List list => list.Items.Count > 0,
        _ => true,
    };

    /// <summary>As it is shown. A list of groups shows how many there are.</summary>
    internal string Shown => this switch
    {
        Text text => text.Value,
        Number number => number.Value.ToString(CultureInfo.InvariantCulture),
        Flag flag => flag.Value ? "true" : "false",
        List { Items: [Group, ..] groups } => groups.Count.ToString(CultureInfo.InvariantCulture),
        List list => string.Join(", ", list.Items.Select(i => i.Shown)),
        _ => "",
    };
}
