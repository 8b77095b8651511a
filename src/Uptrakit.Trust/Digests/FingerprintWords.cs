using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Uptrakit.Trust.Digests;

/// <summary>A fingerprint for people who read it aloud or type it: eight words for its first 88 bits.</summary>
/// <remarks>
/// To make a certificate whose fingerprint begins with 88 given bits takes 2^88 attempts on average; of a fingerprint that is
/// only glanced at, people compare a handful of digits. Where the whole value can be pasted, it is the better answer: a pin
/// is always the whole value, words only name one to compare with.
/// </remarks>
public static class FingerprintWords
{
    /// <summary>How many words a fingerprint has.</summary>
    public const int Count = 8;

    private const int BitsPerWord = 11;
    private const int ListLength = 1 << BitsPerWord;

    // Eight words of at most eight letters with a separator each are 71 characters; the rest is room for spaces.
    private const int LongestText = 256;

    private static readonly Lazy<string[]> List = new(Load);

    private static readonly Lazy<FrozenDictionary<string, int>> Places = new(() =>
        List.Value.Index().ToFrozenDictionary(entry => entry.Item, entry => entry.Index, StringComparer.OrdinalIgnoreCase));

    /// <summary>The words of a fingerprint.</summary>
    /// <param name="fingerprint">The fingerprint.</param>
    /// <returns>Eight lower-case words with dashes between them.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="fingerprint"/> is null.</exception>
    public static string Of(CertificateFingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        StringBuilder words = new();
        for (int word = 0; word < Count; word++)
        {
            if (word > 0)
                words.Append('-');
            words.Append(List.Value[PlaceOf(fingerprint, word)]);
        }

        return words.ToString();
    }

    /// <summary>Whether somebody wrote the words of this fingerprint.</summary>
    /// <param name="text">Eight words in any case, with spaces, dashes or both between them; null is refused.</param>
    /// <param name="fingerprint">The fingerprint.</param>
    /// <returns>Whether all eight words are the right ones in the right order. Never throws for the text.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="fingerprint"/> is null.</exception>
    public static bool Matches(string? text, CertificateFingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        if (!TryPlaces(text, out int[]? places))
            return false;

        // All of them, whatever the first one says: which word is wrong must not be learnt from the time it takes.
        int different = 0;
        for (int word = 0; word < Count; word++)
            different |= places[word] ^ PlaceOf(fingerprint, word);
        return different == 0;
    }

    /// <summary>Whether a text has the form of a fingerprint in words: eight words, all of the list.</summary>
    /// <param name="text">The text; null is refused.</param>
    /// <returns>Whether it could be one: what has this form and does not match is another fingerprint, not a typing error.</returns>
    public static bool IsWellFormed(string? text) => TryPlaces(text, out _);

    private static bool TryPlaces(string? text, [NotNullWhen(true)] out int[]? places)
    {
        places = null;
        if (text is null || text.Length > LongestText)
            return false;

        string[] words = text.Split([' ', '-', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length != Count)
            return false;

        int[] found = new int[Count];
        for (int word = 0; word < Count; word++)
        {
            if (!Places.Value.TryGetValue(words[word], out found[word]))
                return false;
        }

        places = found;
        return true;
    }

    // Eleven bits from bit 11*word on, the most significant first: they lie in at most three bytes.
    private static int PlaceOf(CertificateFingerprint fingerprint, int word)
    {
        int bit = word * BitsPerWord;
        ReadOnlySpan<byte> bytes = fingerprint.Bytes[(bit / 8)..];
        int window = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
        return (window >> (24 - BitsPerWord - (bit % 8))) & (ListLength - 1);
    }

    private static string[] Load()
    {
        using Stream resource = typeof(FingerprintWords).Assembly.GetManifestResourceStream("Uptrakit.Trust.fingerprint-words.txt")!;
        using StreamReader reader = new(resource, Encoding.ASCII);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
