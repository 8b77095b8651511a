using System.Text;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>The first lines of an answer, as far as a probe needs them.</summary>
/// <param name="Length">Of the body; null when the headers do not say.</param>
internal readonly record struct HttpHead(int Status, string? Location, long? Length, bool Chunked)
{
    private const int LocationLimit = 8 * 1024;

    /// <summary>The place behind the empty line that ends the head; -1 when it is not there yet.</summary>
    /// <remarks>RFC 9112, 2.2: a lone line feed may be taken for the end of a line.</remarks>
    internal static int EndIn(ReadOnlySpan<byte> bytes, int from)
    {
        int at = from;
        while (true)
        {
            int feed = bytes[at..].IndexOf((byte)'\n');
            if (feed < 0)
                return -1;
            at += feed + 1;
            ReadOnlySpan<byte> rest = bytes[at..];
            if (rest.StartsWith("\r\n"u8))
                return at + 2;
            if (rest.StartsWith("\n"u8))
                return at + 1;
        }
    }

    /// <summary>Whether this can still become the beginning of an answer.</summary>
    internal static bool MayBegin(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> begin = "HTTP/1."u8;
        int seen = Math.Min(bytes.Length, begin.Length);
        return bytes[..seen].SequenceEqual(begin[..seen]);
    }

    /// <exception cref="IOException">It is not the head of an HTTP/1 answer.</exception>
    internal static HttpHead Read(ReadOnlySpan<byte> head)
    {
        int status = StatusOf(Line(ref head));
        string? location = null;
        long? length = null;
        bool chunked = false;
        while (!head.IsEmpty)
        {
            ReadOnlySpan<byte> line = Line(ref head);
            int colon = line.IndexOf((byte)':');
            // A folded line goes on with the value of the one above, and none of those that count has such a value.
            if (colon <= 0 || line[0] is (byte)' ' or (byte)'\t')
                continue;
            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(name, "location"u8))
                location ??= LocationOf(value);
            else if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
                length = LengthOf(value, length);
            else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
                chunked |= IsChunked(value);
        }

        return new HttpHead(status, location, length, chunked);
    }

    private static string LocationOf(ReadOnlySpan<byte> value) => value.Length <= LocationLimit
        ? Encoding.UTF8.GetString(value)
        : throw new IOException($"the answer has a Location of more than {LocationLimit / 1024} KiB");

    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> rest)
    {
        int feed = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = feed < 0 ? rest : rest[..feed];
        rest = feed < 0 ? [] : rest[(feed + 1)..];
        return line.TrimEnd((byte)'\r');
    }

    // The reason phrase is the server's prose, of any length: nobody reads it.
    private static int StatusOf(ReadOnlySpan<byte> line)
    {
        bool wellFormed = line.Length >= 12 && line.StartsWith("HTTP/1."u8) && char.IsAsciiDigit((char)line[7]) && line[8] == ' '
            && (line.Length == 12 || line[12] == ' ');
        int status = 0;
        for (int i = 9; wellFormed && i < 12; i++)
        {
            wellFormed = char.IsAsciiDigit((char)line[i]);
            status = (status * 10) + line[i] - '0';
        }

        return wellFormed && status >= 100 ? status : throw new IOException("the answer is not HTTP");
    }

    private static long LengthOf(ReadOnlySpan<byte> value, long? before)
    {
        long length = 0;
        bool wellFormed = value.Length is > 0 and <= 18;
        foreach (byte digit in value)
        {
            wellFormed &= char.IsAsciiDigit((char)digit);
            length = wellFormed ? (length * 10) + digit - '0' : 0;
        }

        // RFC 9112, 6.3: two lengths that differ leave it open where the body ends.
        return wellFormed && (before is null || before == length)
            ? length
            : throw new IOException("the answer has a Content-Length that makes no sense");
    }

    private static bool IsChunked(ReadOnlySpan<byte> value)
    {
        int comma = value.LastIndexOf((byte)',');
        return Ascii.EqualsIgnoreCase(value[(comma + 1)..].Trim(" \t"u8), "chunked"u8);
    }
}
