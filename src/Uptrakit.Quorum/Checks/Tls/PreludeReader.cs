using System.Text;

namespace Uptrakit.Quorum.Checks.Tls;

/// <summary>Reads what a server says in clear text before TLS begins, within bounds.</summary>
internal sealed class PreludeReader(Stream stream)
{
    private const int Limit = 16 * 1024;

    private readonly byte[] buffer = new byte[Limit];
    private int start;
    private int end;

    /// <summary>Something has come that nobody asked for yet.</summary>
    internal bool HasRest => end > start;

    internal ValueTask SayAsync(string text, CancellationToken cancel) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancel);

    internal ValueTask SayAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => stream.WriteAsync(bytes, cancel);

    internal async ValueTask<string> LineAsync(CancellationToken cancel)
    {
        while (true)
        {
            int feed = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                string line = Encoding.Latin1.GetString(buffer, start, feed);
                start += feed + 1;
                return line.TrimEnd('\r');
            }

            await FillAsync(cancel);
        }
    }

    internal async ValueTask<byte[]> BytesAsync(int count, CancellationToken cancel)
    {
        while (end - start < count)
            await FillAsync(cancel);
        byte[] taken = buffer[start..(start + count)];
        start += count;
        return taken;
    }

    /// <summary>All up to and including one of the texts.</summary>
    internal async ValueTask<string> UntilAsync(string first, string second, CancellationToken cancel)
    {
        while (true)
        {
            string held = Encoding.Latin1.GetString(buffer, start, end - start);
            foreach (string wanted in (string[])[first, second])
            {
                int at = held.IndexOf(wanted, StringComparison.Ordinal);
                if (at < 0)
                    continue;
                start += at + wanted.Length;
                return held[..(at + wanted.Length)];
            }

            await FillAsync(cancel);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancel)
    {
        if (end == Limit)
            throw new IOException($"STARTTLS: the server says more than {Limit / 1024} KiB before TLS");
        int read = await stream.ReadAsync(buffer.AsMemory(end), cancel);
        if (read == 0)
            throw new IOException("STARTTLS: the server closed the connection");
        end += read;
    }
}
