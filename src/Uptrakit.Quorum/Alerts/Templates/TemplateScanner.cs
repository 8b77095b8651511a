using System.Text;

namespace Uptrakit.Quorum.Alerts.Templates;

internal enum TokenKind
{
    End,
    Name,
    Text,
    Number,
    Sign,
}

internal readonly record struct Token(TokenKind Kind, string Value, int At);

/// <summary>Cuts the inside of one tag into tokens.</summary>
internal sealed class TemplateScanner
{
    private const int Digits = 9;

    private static readonly string[] s_signs = ["==", "!=", "<=", ">=", "<", ">", "|", "(", ")", "."];

    private readonly string source;
    private readonly int end;
    private int at;

    internal TemplateScanner(string source, int start, int end)
    {
        (this.source, at, this.end) = (source, start, end);
        Next();
    }

    internal Token Now { get; private set; }

    internal bool IsName(string name) => Now.Kind == TokenKind.Name && Now.Value == name;

    internal bool IsSign(string sign) => Now.Kind == TokenKind.Sign && Now.Value == sign;

    internal bool Take(string word)
    {
        if (!IsName(word) && !IsSign(word))
            return false;
        Next();
        return true;
    }

    internal void Next()
    {
        while (at < end && IsSpace(source[at]))
            at++;
        if (at >= end)
        {
            Now = new Token(TokenKind.End, "", end);
            return;
        }

        char c = source[at];
        Now = c is '"' or '\'' ? ScanText(c)
            : IsLetter(c) ? ScanRun(TokenKind.Name, static d => IsLetter(d) || IsDigit(d))
            : IsDigit(c) ? ScanNumber()
            : ScanSign();
    }

    /// <summary>Space, tab and line breaks; what else Unicode calls a space is text.</summary>
    internal static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r';

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsDigit(char c) => char.IsAsciiDigit(c);

    private Token ScanRun(TokenKind kind, Func<char, bool> belongs)
    {
        int start = at;
        while (at < end && belongs(source[at]))
            at++;
        return new Token(kind, source[start..at], start);
    }

    private Token ScanNumber()
    {
        Token number = ScanRun(TokenKind.Number, IsDigit);
        return number.Value.Length <= Digits
            ? number
            : throw new TemplateException(number.At, "the number has more than 9 digits");
    }

    private Token ScanText(char quote)
    {
        int start = at++;
        StringBuilder text = new();
        while (at < end && source[at] != quote)
        {
            if (source[at] != '\\')
            {
                text.Append(source[at++]);
                continue;
            }

            char escaped = at + 1 < end ? source[at + 1] : ' ';
            text.Append(escaped switch
            {
                'n' => '\n',
                't' => '\t',
                '\\' or '"' or '\'' => escaped,
                _ => throw new TemplateException(at, "a backslash stands before n, t, a quote or a backslash"),
            });
            at += 2;
        }

        if (at >= end)
            throw new TemplateException(start, "the text in quotes does not end");
        at++;
        return new Token(TokenKind.Text, text.ToString(), start);
    }

    private Token ScanSign()
    {
        foreach (string sign in s_signs)
        {
            if (string.CompareOrdinal(source, at, sign, 0, sign.Length) == 0 && at + sign.Length <= end)
            {
                at += sign.Length;
                return new Token(TokenKind.Sign, sign, at - sign.Length);
            }
        }

        throw new TemplateException(at, "this character has no meaning here");
    }
}
