namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Variables of the environment that a file names: <c>${NAME}</c> or <c>$NAME</c>; two dollars are one.</summary>
internal static class Variables
{
    /// <summary>The name, if the text is that variable and nothing else.</summary>
    public static string? Only(string text)
    {
        string name = text.StartsWith("${", StringComparison.Ordinal) && text.EndsWith('}') ? text[2..^1] : text.StartsWith('$') ? text[1..] : "";
        return IsName(name) ? name : null;
    }

    /// <summary>The first that is in the text; null when there is none.</summary>
    public static string? In(string text)
    {
        for (int at = text.IndexOf('$'); at >= 0 && at + 1 < text.Length; at = text.IndexOf('$', at + 1))
        {
            if (text[at + 1] == '$')
            {
                at++;
                continue;
            }

            int from = text[at + 1] == '{' ? at + 2 : at + 1;
            int length = text.AsSpan(from).IndexOfAnyExcept(System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"));
            string name = length < 0 ? text[from..] : text.Substring(from, length);
            if (IsName(name))
                return name;
        }

        return null;
    }

    /// <summary>The text with its doubled dollars made single.</summary>
    public static string Plain(string text) => text.Replace("$$", "$", StringComparison.Ordinal);

    private static bool IsName(string text) => text.Length is > 0 and <= 100 && !char.IsAsciiDigit(text[0]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
