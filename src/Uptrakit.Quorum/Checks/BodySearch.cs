using System.Buffers;

namespace Uptrakit.Quorum.Checks;

/// <summary>Looks for bytes in a stream while it arrives.</summary>
internal static class BodySearch
{
    /// <summary>Read at most: a server may never stop talking.</summary>
    internal const int Limit = 64 * 1024;

    private const int Chunk = 4 * 1024;

    /// <summary>Reading ends with the first match.</summary>
    internal static async ValueTask<bool> ContainsAsync(Stream stream, byte[] wanted, CancellationToken cancel)
    {
        // What is kept between reads: a match may lie across two of them.
        int overlap = wanted.Length - 1;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(overlap + Chunk);
        try
        {
            int kept = 0;
            int total = 0;
            while (total < Limit)
            {
                int room = Math.Min(Math.Min(Chunk, buffer.Length - kept), Limit - total);
                int read = await stream.ReadAsync(buffer.AsMemory(kept, room), cancel);
                if (read == 0)
                    return false;

                total += read;
                int held = kept + read;
                if (buffer.AsSpan(0, held).IndexOf(wanted) >= 0)
                    return true;

                kept = Math.Min(overlap, held);
                buffer.AsSpan(held - kept, kept).CopyTo(buffer);
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
