using System.Buffers;

namespace Uptrakit.Quorum.History;

/// <summary>Writes what up to 64 checks came to in one span of time: one row of the file holds them all, so that 10,000 checks are 157 rows a minute.</summary>
/// <remarks>
/// Slot by slot, in rising order: the number of the slot, then the tally as variable-length numbers. A minute of a check that was
/// probed twice takes about 17 bytes, where a row of its own took 45.
/// </remarks>
internal sealed class SheetWriter
{
    public const int Slots = 64;

    private readonly ArrayBufferWriter<byte> bytes = new(2048);

    public ReadOnlySpan<byte> Written => bytes.WrittenSpan;

    public void Clear() => bytes.ResetWrittenCount();

    public void Write(int slot, ProbeTally tally)
    {
        bytes.GetSpan(1)[0] = (byte)slot;
        bytes.Advance(1);
        tally.WriteTo(this);
    }

    public void Write(long number)
    {
        Span<byte> span = bytes.GetSpan(10);
        ulong rest = (ulong)number;
        int length = 0;
        for (; rest > 0x7F; rest >>= 7)
            span[length++] = (byte)(rest | 0x80);
        span[length++] = (byte)rest;
        bytes.Advance(length);
    }

    /// <summary>Five bits for the bucket, three for a count below seven.</summary>
    public void WriteBucket(int index, int count)
    {
        const int More = 7;
        bytes.GetSpan(1)[0] = (byte)((index << 3) | Math.Min(count, More));
        bytes.Advance(1);
        if (count >= More)
            Write(count - More);
    }
}
