using System.Buffers;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>Reads one answer from a connection: its head, and of its body what is asked for.</summary>
/// <remarks>Every length that the server chooses has a bound here; time is the caller's token.</remarks>
internal sealed class HttpAnswerStream : IDisposable
{
    internal const int HeadLimit = 64 * 1024;
    private const int FirstSize = 4 * 1024;
    private const int InterimLimit = 16;

    private readonly Stream stream;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int start;
    private int end;
    private HttpHead head;
    private long left;
    private bool inChunk;
    private bool bodyEnded;

    internal HttpAnswerStream(Stream stream) => this.stream = stream;

    /// <param name="bodiless">The request was one whose answer has no body, whatever its headers say.</param>
    internal async ValueTask<HttpHead> ReadHeadAsync(bool bodiless, CancellationToken cancel)
    {
        for (int interim = 0; interim <= InterimLimit; interim++)
        {
            await FindEndOfHeadAsync(cancel);
            // 101 is a last word: the connection speaks something else from there.
            if (head.Status is >= 200 or 101)
            {
                bodyEnded = bodiless || head.Status is 101 or 204 or 304;
                left = head.Chunked ? 0 : head.Length ?? 0;
                return head;
            }
        }

        throw new IOException("the server only sends interim answers");
    }

    /// <summary>The next bytes of the body; 0 at its end.</summary>
    internal async ValueTask<int> ReadBodyAsync(Memory<byte> into, CancellationToken cancel)
    {
        if (bodyEnded)
            return 0;
        if (head.Chunked)
        {
            if (left == 0)
                await NextChunkAsync(cancel);
            return bodyEnded ? 0 : await TakeAsync(into, cancel);
        }

        if (head.Length is null)
            return await TakeUntilClosedAsync(into, cancel);
        if (left > 0)
            return await TakeAsync(into, cancel);
        bodyEnded = true;
        return 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref buffer, []));

    private async ValueTask FindEndOfHeadAsync(CancellationToken cancel)
    {
        int looked = start;
        while (true)
        {
            int over = HttpHead.EndIn(buffer.AsSpan(0, end), looked);
            if (over >= 0)
            {
                head = HttpHead.Read(buffer.AsSpan(start, over - start));
                start = over;
                return;
            }

            if (!HttpHead.MayBegin(buffer.AsSpan(start, end - start)))
                throw new IOException("the answer is not HTTP");
            if (end - start >= HeadLimit)
                throw new IOException($"the headers of the answer are longer than {HeadLimit / 1024} KiB");
            int held = end - start;
            // The line end that was looked at last may be the first half of the one that counts.
            looked = Math.Max(0, held - 2);
            if (await FillAsync(cancel) == 0)
                throw new IOException(held == 0 ? "the connection was closed without an answer" : "the connection was closed within the headers");
            looked += start;
        }
    }

    // RFC 9112, 7.1. Chunk extensions are skipped, and so are trailers: nothing behind the last chunk is read.
    private async ValueTask NextChunkAsync(CancellationToken cancel)
    {
        if (inChunk && (await LineAsync(cancel)).Length > 0)
            throw new IOException("the body of the answer is badly chunked");
        inChunk = true;
        ReadOnlyMemory<byte> line = await LineAsync(cancel);
        left = SizeOf(line.Span);
        bodyEnded = left == 0;
    }

    private static long SizeOf(ReadOnlySpan<byte> line)
    {
        int extension = line.IndexOf((byte)';');
        ReadOnlySpan<byte> digits = (extension < 0 ? line : line[..extension]).Trim(" \t"u8);
        long size = 0;
        if (digits.Length is 0 or > 15)
            throw new IOException("the body of the answer is badly chunked");
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
                throw new IOException("the body of the answer is badly chunked");
            size = (size << 4) | (uint)HexValue(digit);
        }

        return size;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private async ValueTask<ReadOnlyMemory<byte>> LineAsync(CancellationToken cancel)
    {
        while (true)
        {
            int feed = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                int from = start;
                start += feed + 1;
                bool carriage = feed > 0 && buffer[from + feed - 1] == '\r';
                return buffer.AsMemory(from, carriage ? feed - 1 : feed);
            }

            if (end - start >= FirstSize)
                throw new IOException("the body of the answer is badly chunked");
            if (await FillAsync(cancel) == 0)
                throw Cut();
        }
    }

    private async ValueTask<int> TakeAsync(Memory<byte> into, CancellationToken cancel)
    {
        int most = (int)Math.Min(into.Length, left);
        int read = await TakeUntilClosedAsync(into[..most], cancel);
        if (read == 0)
            throw Cut();
        left -= read;
        return read;
    }

    private async ValueTask<int> TakeUntilClosedAsync(Memory<byte> into, CancellationToken cancel)
    {
        if (end == start)
            return await stream.ReadAsync(into, cancel);
        int held = Math.Min(into.Length, end - start);
        buffer.AsSpan(start, held).CopyTo(into.Span);
        start += held;
        return held;
    }

    private async ValueTask<int> FillAsync(CancellationToken cancel)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        int read = await stream.ReadAsync(buffer.AsMemory(end), cancel);
        end += read;
        return read;
    }

    private static IOException Cut() => new("the connection was closed within the body");
}
