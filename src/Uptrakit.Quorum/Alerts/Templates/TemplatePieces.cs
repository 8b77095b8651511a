namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>A stretch of words, or the inside of a tag.</summary>
internal readonly record struct Piece(bool IsTag, int Start, int End);

/// <summary>Parts a source into words and tags, and decides which white space belongs to the tags.</summary>
internal static class TemplatePieces
{
    /// <remarks>
    /// A block tag that is alone on its line takes the line with it, so that a template can be written as it is meant to look.
    /// {{- and -}} eat all white space on their side.
    /// </remarks>
    internal static List<Piece> Of(string source)
    {
        List<Piece> pieces = [];
        int at = 0;
        while (true)
        {
            int open = source.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0)
            {
                Add(pieces, at, source.Length);
                return pieces;
            }

            int close = CloseOf(source, open);
            int start = open + 2;
            int end = close;
            int before = open;
            int after = close + 2;
            bool trimBefore = start < end && source[start] == '-';
            if (trimBefore)
                start++;
            bool trimAfter = end > start && source[end - 1] == '-';
            if (trimAfter)
                end--;

            if (!trimBefore && !trimAfter && IsBlock(source, start, end))
                (before, after) = TakeLine(source, at, before, after);
            while (trimBefore && before > at && TemplateScanner.IsSpace(source[before - 1]))
                before--;
            while (trimAfter && after < source.Length && TemplateScanner.IsSpace(source[after]))
                after++;

            Add(pieces, at, before);
            pieces.Add(new Piece(true, start, end));
            at = after;
        }
    }

    private static void Add(List<Piece> pieces, int start, int end)
    {
        if (end > start)
            pieces.Add(new Piece(false, start, end));
    }

    // Braces in quotes do not end a tag; in a comment, quotes mean nothing.
    private static int CloseOf(string source, int open)
    {
        bool comment = IsComment(source, open + 2);
        char quote = '\0';
        for (int i = open + 2; i < source.Length; i++)
        {
            char c = source[i];
            if (quote != '\0')
            {
                if (c == '\\')
                    i++;
                else if (c == quote)
                    quote = '\0';
            }
            else if (!comment && c is '"' or '\'')
                quote = c;
            else if (c == '}' && i + 1 < source.Length && source[i + 1] == '}')
                return i;
        }

        throw new TemplateException(open, quote == '\0' ? "the tag does not end with }}" : "the text in quotes does not end");
    }

    private static bool IsComment(string source, int at)
    {
        if (at < source.Length && source[at] == '-')
            at++;
        while (at < source.Length && TemplateScanner.IsSpace(source[at]))
            at++;
        return at < source.Length && source[at] == '#';
    }

    private static bool IsBlock(string source, int start, int end)
    {
        int at = start;
        while (at < end && TemplateScanner.IsSpace(source[at]))
            at++;
        if (at < end && source[at] == '#')
            return true;
        int word = at;
        while (at < end && (char.IsAsciiLetterOrDigit(source[at]) || source[at] is '_' or '.'))
            at++;
        return source[word..at] is "if" or "else" or "end" or "for";
    }

    private static (int Before, int After) TakeLine(string source, int from, int before, int after)
    {
        int left = before;
        while (left > from && source[left - 1] is ' ' or '\t')
            left--;
        // What is left of it must be the start of a line, not the end of another tag.
        if (left > 0 && source[left - 1] != '\n')
            return (before, after);
        int right = after;
        while (right < source.Length && source[right] is ' ' or '\t')
            right++;
        if (right < source.Length && source[right] != '\n')
            return (before, after);
        return (left, Math.Min(right + 1, source.Length));
    }
}
