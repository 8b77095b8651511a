namespace Uptrakit.Quorum.History;

/// <summary>How much is kept, and for how long.</summary>
internal sealed record HistoryOptions
{
    public required string Path { get; init; }

    public TimeSpan Minutes { get; init; } = TimeSpan.FromHours(25);

    public TimeSpan Hours { get; init; } = TimeSpan.FromDays(32);

    /// <summary>Also of flips and outages.</summary>
    public TimeSpan Days { get; init; } = TimeSpan.FromDays(367);

    /// <summary>10,000 checks every 30 s take about 450 MiB.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>A check that flaps for a year must not fill the file.</summary>
    public int MaxFlips { get; init; } = 1_000_000;
}
