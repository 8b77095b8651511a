namespace Uptrakit.Quorum.Alerts.Mail;

/// <summary>A connection with an end to what it hands out, and possibly a beginning of our own.</summary>
/// <remarks>The mail library collects an answer until its line ends: a server whose line never ends would take all memory.</remarks>
internal sealed class MailStream(Stream inner, long allowance = long.MaxValue, byte[]? first = null) : Stream
{
    private ReadOnlyMemory<byte> first = first;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override bool CanTimeout => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!first.IsEmpty && buffer.Length > 0)
        {
            int taken = Math.Min(first.Length, buffer.Length);
            first[..taken].CopyTo(buffer);
            first = first[taken..];
            return taken;
        }

        int read = await inner.ReadAsync(buffer, cancellationToken);
        allowance -= read;
        return allowance >= 0 ? read : throw new IOException("the server talks without an end");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    // Without a deadline there is no reading and no writing.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
