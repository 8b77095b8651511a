namespace Uptrakit.Quorum.History;

/// <summary>The results of one check in one span of time. Latencies are those of probes that did not fail: a time-out says nothing of speed.</summary>
internal sealed class ProbeTally
{
    /// <summary>What a clock or a machine that was asleep can make of a latency ends here.</summary>
    private const long MaxUs = 3_600_000_000;

    private LatencyBuckets buckets;

    public long Count { get; private set; }

    public long Failures { get; private set; }

    public long Warnings { get; private set; }

    public long SumUs { get; private set; }

    public long LeastUs { get; private set; }

    public long MostUs { get; private set; }

    public long Timed => Count - Failures;

    public ReadOnlySpan<int> Buckets => buckets;

    public void Add(ProbeGrade grade, TimeSpan latency)
    {
        Count++;
        if (grade == ProbeGrade.Down)
        {
            Failures++;
            return;
        }

        long us = Math.Clamp((long)latency.TotalMicroseconds, 0, MaxUs);
        if (grade == ProbeGrade.Warn)
            Warnings++;
        LeastUs = Timed == 1 ? us : Math.Min(LeastUs, us);
        MostUs = Math.Max(MostUs, us);
        SumUs += us;
        buckets[LatencyBuckets.IndexOf(us)]++;
    }

    public void Merge(ProbeTally other)
    {
        if (other.Timed > 0)
        {
            LeastUs = Timed == 0 ? other.LeastUs : Math.Min(LeastUs, other.LeastUs);
            MostUs = Math.Max(MostUs, other.MostUs);
        }

        Count += other.Count;
        Failures += other.Failures;
        Warnings += other.Warnings;
        SumUs += other.SumUs;
        for (int i = 0; i < LatencyBuckets.Length; i++)
            buckets[i] += other.buckets[i];
    }

    public void Clear()
    {
        (Count, Failures, Warnings, SumUs, LeastUs, MostUs) = (0, 0, 0, 0, 0, 0);
        buckets = default;
    }

    public void WriteTo(SheetWriter sheet)
    {
        sheet.Write(Count);
        sheet.Write(Failures);
        sheet.Write(Warnings);
        if (Timed == 0)
            return;
        sheet.Write(SumUs);
        sheet.Write(LeastUs);
        sheet.Write(MostUs - LeastUs);
        for (int i = 0; i < LatencyBuckets.Length; i++)
        {
            if (buckets[i] > 0)
                sheet.WriteBucket(i, buckets[i]);
        }
    }

    /// <summary>Replaces what is here by what the sheet has next.</summary>
    /// <returns>False: that is no tally.</returns>
    public bool TryRead(ref SheetReader sheet)
    {
        Clear();
        Count = sheet.Read();
        Failures = sheet.Read();
        Warnings = sheet.Read();
        if (Timed <= 0)
            return Timed == 0 && sheet.IsSound;
        SumUs = sheet.Read();
        LeastUs = sheet.Read();
        MostUs = LeastUs + sheet.Read();
        long left = Timed;
        while (left > 0 && sheet.IsSound)
        {
            (int index, int count) = sheet.ReadBucket();
            if (index >= LatencyBuckets.Length || count == 0)
                return false;
            buckets[index] += count;
            left -= count;
        }

        return left == 0 && sheet.IsSound;
    }
}
