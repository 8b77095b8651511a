namespace Uptrakit.Quorum.State;

/// <summary>A part of a YAML document and where it stands.</summary>
internal abstract class YamlNode(long line, long column)
{
    public long Line { get; } = line;

    public long Column { get; } = column;

    public abstract string Kind { get; }
}

internal sealed class YamlScalar(long line, long column, string text, bool plain) : YamlNode(line, column)
{
    public string Text { get; } = text;

    /// <summary>Without quotes, so it may stand for a number, a truth value or nothing.</summary>
    public bool Plain { get; } = plain;

    public bool IsNothing => Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNothing ? "nothing" : "a single value";
}

internal sealed class YamlList(long line, long column, IReadOnlyList<YamlNode> items) : YamlNode(line, column)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override string Kind => "a list";
}

internal readonly record struct YamlField(YamlScalar Name, YamlNode Value);

internal sealed class YamlMap(long line, long column, IReadOnlyList<YamlField> fields) : YamlNode(line, column)
{
    public IReadOnlyList<YamlField> Fields { get; } = fields;

    public override string Kind => "fields";

    public YamlNode? Find(string name)
    {
        foreach (YamlField field in Fields)
        {
            if (field.Name.Text == name)
                return field.Value;
        }

        return null;
    }
}
