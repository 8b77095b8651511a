using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

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
