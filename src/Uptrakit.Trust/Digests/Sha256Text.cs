namespace Uptrakit.Trust.Digests;

/// <summary>The one parser of SHA-256 digests that people copy around.</summary>
internal static class Sha256Text
{
    /// <summary>Length of a SHA-256 digest in bytes (FIPS 180-4).</summary>
    internal const int Size = 32;

    private const string Prefix = "sha256:";
    private const int PlainLength = Size * 2;
    private const int PairsLength = (Size * 3) - 1;

    /// <summary>
    /// Reads an optional <c>sha256:</c> in any case, then 64 hex digits or 32 colon pairs in any case, with white space
    /// around it trimmed. Refuses everything else: a parser that guesses turns a typing error into a pin.
    /// </summary>
    internal static bool TryParse(ReadOnlySpan<char> text, Span<byte> digest)
    {
        ReadOnlySpan<char> rest = text.Trim();
        if (rest.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            rest = rest[Prefix.Length..];

        return rest.Length switch
        {
            PlainLength => TryHex(rest, digest),
            PairsLength => TryPairs(rest, digest),
            _ => false,
        };
    }

    private static bool TryPairs(ReadOnlySpan<char> text, Span<byte> digest)
    {
        Span<char> plain = stackalloc char[PlainLength];
        for (int i = 0; i < Size; i++)
        {
            int at = i * 3;
            if (i > 0 && text[at - 1] != ':')
                return false;
            text.Slice(at, 2).CopyTo(plain[(i * 2)..]);
        }

        return TryHex(plain, digest);
    }

    private static bool TryHex(ReadOnlySpan<char> text, Span<byte> digest) =>
        Convert.FromHexString(text, digest, out _, out int written) == System.Buffers.OperationStatus.Done
        && written == Size;
}
