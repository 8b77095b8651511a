using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Uptrakit.Trust.Enrollment;

/// <summary>
/// The bytes that a proof signs: a domain, then each field with its length in front (4 bytes, big-endian), so that no two inputs
/// have the same bytes and a proof for one purpose is none for another.
/// </summary>
internal sealed class ProofFields(string domain)
{
    // Strict: replacement characters would give two texts the same bytes.
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly MemoryStream bytes = Begin(domain);
    private bool unfit;

    internal ProofFields Add(ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        bytes.Write(length);
        bytes.Write(field);
        return this;
    }

    /// <summary>A text of at most so many bytes. One that is missing, longer, or no text spoils the whole.</summary>
    internal ProofFields Add(string? text, int maximum)
    {
        if (Bytes(text, maximum) is { } field)
            return Add(field);
        unfit = true;
        return this;
    }

    internal bool TryFinish([NotNullWhen(true)] out byte[]? encoded)
    {
        encoded = unfit ? null : bytes.ToArray();
        return encoded is not null;
    }

    private static MemoryStream Begin(string domain)
    {
        MemoryStream stream = new();
        stream.Write(Encoding.ASCII.GetBytes(domain));
        stream.WriteByte(0);
        return stream;
    }

    private static byte[]? Bytes(string? text, int maximum)
    {
        if (text is null || text.Length > maximum)
            return null;
        try
        {
            byte[] field = StrictUtf8.GetBytes(text);
            return field.Length <= maximum ? field : null;
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
