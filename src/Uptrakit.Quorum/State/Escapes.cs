using System.Globalization;
using System.Text;

namespace Uptrakit.Quorum.State;

/// <summary>Bytes as they are written on one line: UTF-8, with <c>\r \n \t \\</c> and <c>\xNN</c>.</summary>
internal static class Escapes
{
    public static bool TryRead(string text, out byte[] bytes)
    {
        List<byte> read = new(text.Length);
        bytes = [];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                int length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                read.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            if (++i >= text.Length)
                return false;
            switch (text[i])
            {
                case 'r': read.Add((byte)'\r'); break;
                case 'n': read.Add((byte)'\n'); break;
                case 't': read.Add((byte)'\t'); break;
                case '\\': read.Add((byte)'\\'); break;
                case 'x' when i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value):
                    read.Add(value);
                    i += 2;
                    break;
                default: return false;
            }
        }

        bytes = [.. read];
        return true;
    }
}
