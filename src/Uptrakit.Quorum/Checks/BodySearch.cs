using System.Buffers;
using System.Text;

namespace Uptrakit.Quorum.Checks;

/// <summary>Looks for a text in a body while it arrives.</summary>
internal static class BodySearch
{
    /// <summary>Read at most: a body may be endless.</summary>
    internal const int Limit = 1024 * 1024;

    private const int Chunk = 16 * 1024;

    /// <summary>Compares UTF-8 bytes; reading ends with the first match.</summary>
    internal static async ValueTask<bool> ContainsAsync(Stream body, string text, CancellationToken cancel)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
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
                int read = await body.ReadAsync(buffer.AsMemory(kept, room), cancel);
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
