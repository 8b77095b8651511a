namespace Uptrakit.Trust.Enrollment;

/// <summary>Takes bytes off the front. Past the end it gives zeros, as many as asked for, and remembers it.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> bytes)
{
    private static readonly byte[] Zeros = new byte[byte.MaxValue];

    private ReadOnlySpan<byte> rest = bytes;

    internal bool RanOut { get; private set; }

    internal readonly bool AtEnd => rest.IsEmpty && !RanOut;

    /// <summary>At most 255 bytes.</summary>
    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length)
        {
            RanOut = true;
            rest = default;
            return Zeros.AsSpan(0, count);
        }

        ReadOnlySpan<byte> taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    internal byte TakeByte() => Take(1)[0];
}
