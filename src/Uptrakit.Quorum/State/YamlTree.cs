using System.Buffers;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Uptrakit.Quorum.State;

/// <summary>How much of YAML is read.</summary>
/// <param name="Depth">Maps and lists in one another.</param>
/// <param name="Fields">Of one map.</param>
/// <param name="Nodes">With aliases: so many in all, each alias counted as what it stands for. 0: neither anchors, aliases, merge keys nor tags.</param>
internal sealed record YamlDialect(int Depth, int Fields, int Nodes)
{
    /// <summary>Our own files.</summary>
    public static YamlDialect Own { get; } = new(12, 64, 0);

    /// <summary>Files of other programs. A few lines of aliases can mean thousands of millions of nodes; half a million is a very large file.</summary>
    public static YamlDialect Foreign { get; } = new(32, 1000, 500_000);
}

/// <summary>
/// Reads the part of YAML that our files use. Anchors, aliases, tags, several documents, duplicate and complex keys are
/// refused: each of them lets a short file mean a large one, or two readers see two different files.
/// </summary>
internal sealed class YamlTree
{
    // Controls that YAML forbids; the scanner takes NUL for the end of the file and would drop what follows.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        "\0\x01\x02\x03\x04\x05\x06\x07\x08\x0B\x0C\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F");

    private readonly Parser parser;
    private readonly YamlFaults faults;
    private readonly YamlDialect dialect;
    private readonly Dictionary<string, (YamlNode Node, int Size)> anchors = [];
    private int nodes;

    private YamlTree(string text, YamlDialect dialect, YamlFaults faults)
    {
        parser = new Parser(new StringReader(text));
        this.dialect = dialect;
        this.faults = faults;
    }

    /// <summary>The fields at the top of the document; false when there are faults.</summary>
    public static bool TryRead(string text, int maxBytes, YamlFaults faults, out YamlMap? root) => TryRead(text, maxBytes, YamlDialect.Own, faults, out root);

    /// <inheritdoc cref="TryRead(string, int, YamlFaults, out YamlMap?)"/>
    public static bool TryRead(string text, int maxBytes, YamlDialect dialect, YamlFaults faults, out YamlMap? root)
    {
        root = null;
        if (text.Length > maxBytes || Encoding.UTF8.GetByteCount(text) > maxBytes)
        {
            faults.Add(null, $"the file is larger than {maxBytes / 1024} KiB");
            return false;
        }

        int at = text.AsSpan().IndexOfAny(Forbidden);
        if (at >= 0)
        {
            ReadOnlySpan<char> before = text.AsSpan(0, at);
            faults.Add(before.Count('\n') + 1, at - before.LastIndexOf('\n'),
                $"control character U+{(int)text[at]:X4}; inside double quotes write \\x{(int)text[at]:X2}");
            return false;
        }

        int already = faults.Count;
        root = new YamlTree(text, dialect, faults).ReadDocument();
        if (faults.Count > already)
            root = null;
        return root is not null;
    }

    private YamlMap? ReadDocument()
    {
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                return Refuse(null, "the file is empty");
            parser.Consume<DocumentStart>();
            ParsingEvent first = Current;
            YamlNode? node = ReadNode(0);
            if (node is null)
                return null;
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _))
                return Refuse(Current, "a second document starts here; one is allowed");
            return node as YamlMap ?? Refuse(first, $"expected fields such as 'name: value', found {node.Kind}");
        }
        catch (YamlException e)
        {
            faults.Add(e.Start.Line, e.Start.Column, $"not YAML: {e.Message}");
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException
            or IndexOutOfRangeException)
        {
            // The scanner of YamlDotNet 18.1 throws these at damaged text, such as a plain scalar that a bracket cuts off.
            Mark? near = parser.Current?.End;
            faults.Add(near?.Line ?? 1, near?.Column ?? 1, "not YAML: the text after this place cannot be read");
            return null;
        }
    }

    private ParsingEvent Current => parser.Current ?? throw new YamlException("the text ends too early");

    private YamlNode? ReadNode(int depth)
    {
        ParsingEvent start = Current;
        if (start is AnchorAlias alias)
            return dialect.Nodes > 0 ? ReadAlias(alias) : Refuse(start, "aliases (*name) are not allowed; write the value out");
        NodeEvent? node = start as NodeEvent;
        if (dialect.Nodes == 0 && node is { Anchor.IsEmpty: false })
            return Refuse(start, "anchors (&name) are not allowed");
        if (dialect.Nodes == 0 && node is { Tag.IsEmpty: false })
            return Refuse(start, "tags (!name) are not allowed");
        if (depth > dialect.Depth)
            return Refuse(start, $"nested more than {dialect.Depth} deep");
        int before = nodes;
        if (dialect.Nodes > 0 && ++nodes > dialect.Nodes)
            return Refuse(start, $"more than {dialect.Nodes} values");
        parser.MoveNext();
        YamlNode? read = ReadContent(start, depth);
        // Only now: an alias inside would stand for what is not finished.
        if (read is not null && node is { Anchor.IsEmpty: false })
            anchors[node.Anchor.Value] = (read, nodes - before);
        return read;
    }

    private YamlNode? ReadAlias(AnchorAlias alias)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out (YamlNode Node, int Size) known))
            return Refuse(alias, $"the alias *{Validation.Shown(alias.Value.Value)} stands for nothing that was finished before it");
        if (known.Size > dialect.Nodes - nodes)
            return Refuse(alias, $"with its aliases written out the file has more than {dialect.Nodes} values");
        nodes += known.Size;
        parser.MoveNext();
        return known.Node;
    }

    private YamlNode? ReadContent(ParsingEvent start, int depth)
    {
        return start switch
        {
            Scalar scalar => new YamlScalar(start.Start.Line, start.Start.Column, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadList(start, depth),
            MappingStart => ReadMap(start, depth),
            _ => Refuse(start, "a value is missing here"),
        };
    }

    private YamlList? ReadList(ParsingEvent start, int depth)
    {
        List<YamlNode> items = [];
        while (Current is not SequenceEnd)
        {
            if (ReadNode(depth + 1) is not { } item)
                return null;
            items.Add(item);
        }

        parser.MoveNext();
        return new YamlList(start.Start.Line, start.Start.Column, items);
    }

    private YamlMap? ReadMap(ParsingEvent start, int depth)
    {
        List<YamlField> fields = [];
        while (Current is not MappingEnd)
        {
            ParsingEvent key = Current;
            if (ReadNode(depth + 1) is not { } name)
                return null;
            if (name is not YamlScalar field)
                return Refuse(key, "the name of a field must be a word") as YamlMap;
            if (fields.Count == dialect.Fields)
                return Refuse(key, $"more than {dialect.Fields} fields") as YamlMap;
            // Only the last one would count, and the loss would be replicated.
            if (fields.Exists(known => known.Name.Text == field.Text))
                faults.Add(field, $"'{Validation.Shown(field.Text)}' is there twice");
            if (ReadNode(depth + 1) is not { } value)
                return null;
            fields.Add(new YamlField(field, value));
        }

        parser.MoveNext();
        if (dialect.Nodes > 0)
            Merge(fields);
        return new YamlMap(start.Start.Line, start.Start.Column, fields);
    }

    /// <summary>A merge key brings the fields of other maps, where there is none of that name yet.</summary>
    private void Merge(List<YamlField> fields)
    {
        int at = fields.FindIndex(static field => field.Name is { Plain: true, Text: "<<" });
        if (at < 0)
            return;
        YamlNode brought = fields[at].Value;
        fields.RemoveAt(at);
        HashSet<string> names = [.. fields.Select(static field => field.Name.Text)];
        foreach (YamlMap map in brought is YamlList list ? list.Items.OfType<YamlMap>() : brought is YamlMap one ? [one] : [])
        {
            fields.AddRange(map.Fields.Where(field => fields.Count < dialect.Fields && names.Add(field.Name.Text)));
        }
    }

    private YamlMap? Refuse(ParsingEvent? at, string message)
    {
        faults.Add(at?.Start.Line ?? 0, at?.Start.Column ?? 0, message);
        return null;
    }
}
