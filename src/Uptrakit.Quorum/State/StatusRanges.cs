using System.Globalization;

namespace Uptrakit.Quorum.State;

/// <summary>HTTP statuses as people write them: <c>200</c>, <c>2xx</c>, <c>200-299,401</c>.</summary>
internal static class StatusRanges
{
    private const int Most = 16;

    public static string Text(IEnumerable<StatusRange> ranges) => string.Join(',', ranges.Select(static range => range.From == range.To
        ? range.From.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{range.From}-{range.To}")));

    public static bool TryParse(string text, out IReadOnlyList<StatusRange> ranges)
    {
        List<StatusRange> read = [];
        ranges = read;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (TryOne(part) is not { } range || read.Count == Most)
                return false;
            read.Add(range);
        }

        return true;
    }

    private static StatusRange? TryOne(string part)
    {
        if (part.Length == 3 && part[1..].Equals("xx", StringComparison.OrdinalIgnoreCase) && part[0] is >= '1' and <= '5')
            return new StatusRange { From = (part[0] - '0') * 100, To = ((part[0] - '0') * 100) + 99 };
        string[] ends = part.Split('-');
        return ends.Length is 1 or 2 && TryStatus(ends[0], out int from) && TryStatus(ends[^1], out int to) && from <= to
            ? new StatusRange { From = from, To = to }
            : null;
    }

    private static bool TryStatus(string text, out int status) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 100 and <= 599;
}
