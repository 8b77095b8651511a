using System.Globalization;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>Reads a template. Every name is looked up here, so that a misspelt one is found before anything is sent.</summary>
internal sealed class TemplateParser
{
    private readonly string source;
    private readonly List<Piece> pieces;
    private readonly Dictionary<string, TemplateName> loops = [];
    private readonly HashSet<string> roots = [];
    private int next;
    private int depth;

    private TemplateParser(string source)
    {
        this.source = source;
        pieces = TemplatePieces.Of(source);
    }

    /// <exception cref="TemplateException">It is not a template.</exception>
    internal static Template Parse(string text)
    {
        string source = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        TemplateParser parser = new(source);
        List<TemplateNode> nodes = parser.Block(opened: null, out _);
        return new Template(source, nodes, parser.roots);
    }

    // Until the tag that ends this block, which is handed back; null at the end of the source.
    private List<TemplateNode> Block(int? opened, out TemplateScanner? ending)
    {
        List<TemplateNode> nodes = [];
        while (next < pieces.Count)
        {
            Piece piece = pieces[next++];
            if (!piece.IsTag)
            {
                nodes.Add(new TemplateNode.Words(source[piece.Start..piece.End]));
                continue;
            }

            if (source.AsSpan(piece.Start, piece.End - piece.Start).TrimStart(" \t\n\r").StartsWith('#'))
                continue;
            TemplateScanner scanner = new(source, piece.Start, piece.End);
            if (scanner.IsName("end") || scanner.IsName("else"))
            {
                ending = opened is null
                    ? throw new TemplateException(scanner.Now.At, $"there is no block that this '{scanner.Now.Value}' could belong to")
                    : scanner;
                return nodes;
            }

            nodes.Add(Tag(scanner, piece.Start));
        }

        ending = opened is null ? null : throw new TemplateException(opened.Value, "this block has no {{ end }}");
        return nodes;
    }

    private TemplateNode Tag(TemplateScanner scanner, int start)
    {
        int at = scanner.Now.At;
        if (scanner.Now.Kind == TokenKind.End)
            throw new TemplateException(start, "the tag is empty");
        if (scanner.Take("if"))
            return Nested(at, () => If(scanner, at));
        if (scanner.Take("for"))
            return Nested(at, () => For(scanner, at));
        TemplateExpression value = Expression(scanner);
        Finish(scanner);
        return new TemplateNode.Show(at, value);
    }

    private TemplateNode.If If(TemplateScanner scanner, int at)
    {
        List<Branch> branches = [];
        TemplateExpression? condition = Expression(scanner);
        Finish(scanner);
        while (true)
        {
            List<TemplateNode> block = Block(at, out TemplateScanner? ending);
            branches.Add(new Branch(condition, block));
            int word = ending!.Now.At;
            bool isEnd = ending.Take("end");
            if (!isEnd && condition is null)
                throw new TemplateException(word, "after 'else' only 'end' may come");
            if (!isEnd)
                ending.Take("else");
            condition = !isEnd && ending.Take("if") ? Expression(ending) : null;
            Finish(ending);
            if (isEnd)
                return new TemplateNode.If(at, branches);
        }
    }

    private TemplateNode.For For(TemplateScanner scanner, int at)
    {
        Token name = scanner.Now;
        if (name.Kind != TokenKind.Name)
            throw new TemplateException(name.At, "write {{ for r in snapshot.reports }}");
        if (loops.ContainsKey(name.Value) || TemplateNames.All.Any(n => n.Path.Split('.')[0] == name.Value) || IsWord(name.Value))
            throw new TemplateException(name.At, $"'{name.Value}' is taken; choose another name");
        scanner.Next();
        if (!scanner.Take("in"))
            throw new TemplateException(scanner.Now.At, "write {{ for r in snapshot.reports }}");

        Token list = scanner.Now;
        string path = Path(scanner);
        if (!TemplateNames.ByPath.TryGetValue(path, out TemplateName? known) || known.Items is null)
            throw new TemplateException(list.At, $"'{path}' is not a list; check.tags and snapshot.reports are");
        roots.Add(path.Split('.')[0]);
        Finish(scanner);

        loops.Add(name.Value, known);
        List<TemplateNode> block = Block(at, out TemplateScanner? ending);
        loops.Remove(name.Value);
        if (!ending!.Take("end"))
            throw new TemplateException(ending.Now.At, "a 'for' has no 'else'");
        Finish(ending);
        return new TemplateNode.For(at, name.Value, new TemplateExpression.Name(path.Split('.')), block);
    }

    private TemplateExpression Expression(TemplateScanner scanner)
    {
        TemplateExpression left = And(scanner);
        while (scanner.Take("or"))
            left = new TemplateExpression.Two("or", left, And(scanner));
        return left;
    }

    private TemplateExpression And(TemplateScanner scanner)
    {
        TemplateExpression left = Not(scanner);
        while (scanner.Take("and"))
            left = new TemplateExpression.Two("and", left, Not(scanner));
        return left;
    }

    private TemplateExpression Not(TemplateScanner scanner)
    {
        int at = scanner.Now.At;
        return scanner.Take("not") ? Nested(at, () => new TemplateExpression.Not(Not(scanner))) : Comparison(scanner);
    }

    private TemplateExpression Comparison(TemplateScanner scanner)
    {
        TemplateExpression left = Filtered(scanner);
        if (scanner.Now is not { Kind: TokenKind.Sign, Value: "==" or "!=" or "<" or "<=" or ">" or ">=" } sign)
            return left;
        scanner.Next();
        return new TemplateExpression.Two(sign.Value, left, Filtered(scanner));
    }

    private TemplateExpression Filtered(TemplateScanner scanner)
    {
        TemplateExpression value = Primary(scanner);
        while (scanner.Take("|"))
        {
            Token name = scanner.Now;
            if (name.Kind != TokenKind.Name)
                throw new TemplateException(name.At, "the name of a filter is missing after |");
            scanner.Next();
            List<TemplateValue> arguments = [];
            for (; scanner.Now.Kind is TokenKind.Text or TokenKind.Number; scanner.Next())
                arguments.Add(Literal(scanner.Now));
            if (TemplateFilters.FaultOf(name.Value, arguments) is { } fault)
                throw new TemplateException(name.At, fault);
            value = new TemplateExpression.Filtered(name.At, value, name.Value, arguments);
        }

        return value;
    }

    private TemplateExpression Primary(TemplateScanner scanner)
    {
        Token token = scanner.Now;
        if (token.Kind is TokenKind.Text or TokenKind.Number)
        {
            scanner.Next();
            return new TemplateExpression.Literal(Literal(token));
        }

        if (scanner.Take("true") || scanner.Take("false"))
            return new TemplateExpression.Literal(new TemplateValue.Flag(token.Value == "true"));
        if (scanner.Take("("))
        {
            TemplateExpression inner = Nested(token.At, () => Expression(scanner));
            return scanner.Take(")") ? inner : throw new TemplateException(token.At, "this parenthesis is not closed");
        }

        if (scanner.IsSign("."))
            throw new TemplateException(token.At, "names are written without a dot in front: check.name");
        if (token.Kind != TokenKind.Name)
            throw new TemplateException(token.At, "a name, a number or a text in quotes is missing here");
        return Known(Path(scanner), token.At);
    }

    private TemplateExpression.Name Known(string path, int at)
    {
        string[] parts = path.Split('.');
        if (loops.TryGetValue(parts[0], out TemplateName? list))
        {
            bool fits = list.Items!.Count == 0 ? parts.Length == 1 : parts.Length == 2 && list.Items.Contains(parts[1]);
            return fits
                ? new TemplateExpression.Name(parts)
                : throw new TemplateException(at, list.Items.Count == 0
                    ? $"'{path}' is not known; an item of {list.Path} is a text"
                    : $"'{path}' is not known; {parts[0]} has {string.Join(", ", list.Items)}");
        }

        if (!TemplateNames.ByPath.ContainsKey(path))
            throw new TemplateException(at, Unknown(path));
        roots.Add(parts[0]);
        return new TemplateExpression.Name(parts);
    }

    private static string Unknown(string path)
    {
        List<string> near = [.. TemplateNames.All.Select(n => n.Path).Where(p => p.StartsWith(path + ".", StringComparison.Ordinal))];
        if (near.Count > 0)
            return $"'{path}' is a group; write one of {string.Join(", ", near)}";
        string[] parts = path.Split('.');
        near = [.. TemplateNames.All.Select(n => n.Path).Where(p => parts.Length > 1
            ? p.StartsWith(parts[0] + ".", StringComparison.Ordinal)
            : p.EndsWith("." + path, StringComparison.Ordinal))];
        return near.Count > 0 ? $"'{path}' is not known; did you mean {string.Join(", ", near)}?" : $"'{path}' is not known";
    }

    private static string Path(TemplateScanner scanner)
    {
        string path = scanner.Now.Value;
        if (scanner.Now.Kind != TokenKind.Name || IsWord(path))
            throw new TemplateException(scanner.Now.At, "a name is missing here");
        scanner.Next();
        while (scanner.Take("."))
        {
            if (scanner.Now.Kind != TokenKind.Name)
                throw new TemplateException(scanner.Now.At, "a name is missing after the dot");
            path += "." + scanner.Now.Value;
            scanner.Next();
        }

        return path;
    }

    private static bool IsWord(string name) =>
        name is "if" or "else" or "end" or "for" or "in" or "and" or "or" or "not" or "true" or "false";

    private static TemplateValue Literal(Token token) => token.Kind == TokenKind.Number
        ? new TemplateValue.Number(long.Parse(token.Value, CultureInfo.InvariantCulture))
        : new TemplateValue.Text(token.Value);

    private static void Finish(TemplateScanner scanner)
    {
        if (scanner.Now.Kind != TokenKind.End)
            throw new TemplateException(scanner.Now.At, $"'{scanner.Now.Value}' has no meaning here");
    }

    private T Nested<T>(int at, Func<T> inner)
    {
        if (++depth > TemplateLimits.Depth)
            throw new TemplateException(at, $"blocks and parentheses are more than {TemplateLimits.Depth} deep");
        T result = inner();
        depth--;
        return result;
    }
}
