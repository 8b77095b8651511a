namespace Uptrakit.Trust.Verification;

/// <summary>DNS names as certificates hold them: ASCII, A-labels.</summary>
internal static class DnsText
{
    private const int MaximumName = 253;
    private const int MaximumLabel = 63;
    private const string Wildcard = "*.";

    /// <summary>
    /// Letters, digits, hyphens and underscores in labels of 1 to 63: what name servers are asked for in practice.
    /// </summary>
    public static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaximumName)
            return false;
        foreach (Range label in text.Split('.'))
        {
            if (!IsLabel(text[label]))
                return false;
        }

        return true;
    }

    /// <summary>A name, or <c>*.</c> before a name of at least two labels: <c>*.com</c> would speak for half the world.</summary>
    public static bool IsPattern(ReadOnlySpan<char> text) =>
        text.StartsWith(Wildcard) ? IsName(text[2..]) && text[2..].Contains('.') : IsName(text);

    /// <summary>A last label of digits only: some resolver takes it for an address.</summary>
    public static bool LooksLikeAddress(ReadOnlySpan<char> name) =>
        !name[(name.LastIndexOf('.') + 1)..].ContainsAnyExceptInRange('0', '9');

    /// <summary>Exactly, or with <c>*</c> for the whole left-most label (RFC 9525, section 6.3), in any case.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (!IsPattern(pattern))
            return false;
        if (!pattern.StartsWith(Wildcard))
            return pattern.Equals(name, StringComparison.OrdinalIgnoreCase);

        int dot = name.IndexOf('.');
        return dot > 0 && name[(dot + 1)..].Equals(pattern[2..], StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > MaximumLabel || label[0] == '-' || label[^1] == '-')
            return false;
        foreach (char c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }

        return true;
    }
}
