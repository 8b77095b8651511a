using System.Buffers;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Uptrakit.Quorum.State;

/// <summary>
/// Reads the part of YAML that our files use. Anchors, aliases, tags, several documents, duplicate and complex keys are
/// refused: each of them lets a short file mean a large one, or two readers see two different files.
/// </summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 12;
    private const int MaxFields = 64;

    // Controls that YAML forbids; the scanner takes NUL for the end of the file and would drop what follows.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        "\0\x01\x02\x03\x04\x05\x06\x07\x08\x0B\x0C\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F");

    private readonly Parser parser;
    private readonly YamlFaults faults;

    private YamlTree(string text, YamlFaults faults)
    {
        parser = new Parser(new StringReader(text));
        this.faults = faults;
    }

    /// <summary>The fields at the top of the document; false when there are faults.</summary>
    public static bool TryRead(string text, int maxBytes, YamlFaults faults, out YamlMap? root)
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
        root = new YamlTree(text, faults).ReadDocument();
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
        if (start is AnchorAlias)
            return Refuse(start, "aliases (*name) are not allowed; write the value out");
        if (start is NodeEvent node && !node.Anchor.IsEmpty)
            return Refuse(start, "anchors (&name) are not allowed");
        if (start is NodeEvent tagged && !tagged.Tag.IsEmpty)
            return Refuse(start, "tags (!name) are not allowed");
        if (depth > MaxDepth)
            return Refuse(start, $"nested more than {MaxDepth} deep");
        parser.MoveNext();
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
            if (fields.Count == MaxFields)
                return Refuse(key, $"more than {MaxFields} fields") as YamlMap;
            // Only the last one would count, and the loss would be replicated.
            if (fields.Exists(known => known.Name.Text == field.Text))
                faults.Add(field, $"'{Validation.Shown(field.Text)}' is there twice");
            if (ReadNode(depth + 1) is not { } value)
                return null;
            fields.Add(new YamlField(field, value));
        }

        parser.MoveNext();
        return new YamlMap(start.Start.Line, start.Start.Column, fields);
    }

    private YamlMap? Refuse(ParsingEvent? at, string message)
    {
        faults.Add(at?.Start.Line ?? 0, at?.Start.Column ?? 0, message);
        return null;
    }
}
