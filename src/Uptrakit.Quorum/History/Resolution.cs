namespace Uptrakit.Quorum.History;

/// <summary>The three resolutions of the file. A row is found by its start and by the sheet that the check is on.</summary>
internal enum Resolution
{
    Minute,
    Hour,
    Day,
}

/// <summary>Tables and keys of the resolutions.</summary>
internal static class Resolutions
{
    private const int SheetBits = 16;

    public static string Table(this Resolution resolution) => resolution switch
    {
        Resolution.Minute => "minutes",
        Resolution.Hour => "hours",
        _ => "days",
    };

    public static long Seconds(this Resolution resolution) => resolution switch
    {
        Resolution.Minute => 60,
        Resolution.Hour => 3600,
        _ => 86_400,
    };

    /// <summary>Rows are in the order of time: each minute is appended, and what is old is one range.</summary>
    public static long Key(long span, long sheet = 0) => (span << SheetBits) | sheet;

    public static long SpanOf(long key) => key >> SheetBits;

    public static long SheetOf(long key) => key & ((1 << SheetBits) - 1);

    /// <summary>More checks than ever fit into the keys are not recorded.</summary>
    public static bool Fits(long number) => number / SheetWriter.Slots < 1 << SheetBits;
}
