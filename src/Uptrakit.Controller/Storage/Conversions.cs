using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Storage;

/// <summary>A moment as milliseconds since 1970.</summary>
internal sealed class UnixMilliseconds()
    : ValueConverter<DateTimeOffset, long>(time => time.ToUnixTimeMilliseconds(), number => DateTimeOffset.FromUnixTimeMilliseconds(number));

/// <summary>Words without blanks, as one text with blanks between.</summary>
internal sealed class Words() : ValueConverter<IReadOnlyList<string>, string>(
    words => string.Join(' ', words), text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

internal sealed class WordsComparer() : ValueComparer<IReadOnlyList<string>>(
    (a, b) => (a ?? Array.Empty<string>()).SequenceEqual(b ?? Array.Empty<string>()),
    words => words.Aggregate(0, (hash, word) => HashCode.Combine(hash, word)),
    words => words.ToArray());

/// <summary>The fingerprint of a key as 64 hex digits.</summary>
internal sealed class SpkiText() : ValueConverter<SpkiFingerprint, string>(key => key.ToString(), text => SpkiText.Read(text))
{
    private static SpkiFingerprint Read(string text) =>
        SpkiFingerprint.TryParse(text, out SpkiFingerprint? key) ? key : throw new InvalidDataException("the database holds a key fingerprint that is none");
}
