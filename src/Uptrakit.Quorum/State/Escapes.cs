using System.Globalization;
using System.Text;

namespace Uptrakit.Quorum.State;

/// <summary>Bytes as an operator writes them: text in UTF-8, and <c>\r \n \t \\ \xNN</c>.</summary>
internal static class Escapes
{
    /// <param name="text">What was written.</param>
    /// <param name="bytes">What it stands for.</param>
    /// <param name="fault">What is wrong, without a field in front.</param>
    internal static bool TryParse(string text, out byte[] bytes, out string fault)
    {
        List<byte> found = new(text.Length);
        bytes = [];
        fault = "";
        int at = 0;
        while (at < text.Length)
        {
            int escape = text.IndexOf('\\', at);
            found.AddRange(Encoding.UTF8.GetBytes(text[at..(escape < 0 ? text.Length : escape)]));
            if (escape < 0)
                break;
            if (!TryOne(text.AsSpan(escape + 1), out byte one, out int length))
            {
                fault = $"'{Validation.Shown(text[escape..Math.Min(text.Length, escape + 4)])}' is not an escape; \\r \\n \\t \\\\ and \\xNN are";
                return false;
            }

            found.Add(one);
            at = escape + 1 + length;
        }

        bytes = [.. found];
        return true;
    }

    private static bool TryOne(ReadOnlySpan<char> text, out byte one, out int length)
    {
        one = 0;
        length = 1;
        if (text.IsEmpty)
            return false;
        if (text[0] == 'x')
        {
            length = 3;
            return text.Length >= 3 && byte.TryParse(text.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out one);
        }

        one = text[0] switch { 'r' => (byte)'\r', 'n' => (byte)'\n', 't' => (byte)'\t', '\\' => (byte)'\\', _ => 0 };
        return one != 0;
    }
}
