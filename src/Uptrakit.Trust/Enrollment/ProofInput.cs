using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Enrollment;

/// <summary>What a proof of enrollment is bound to, so that it is of no use anywhere else.</summary>
/// <param name="TokenId">The public part of the token; at most 64 bytes.</param>
/// <param name="ServerKey">
/// The key of the TLS server, as its side of the connection knows it: a proof that a man in the middle relays names his key.
/// </param>
/// <param name="JoinerKey">The key of the TLS client: nobody else can present the proof as his.</param>
/// <param name="Nonce">32 random bytes of the joiner, sent beside the proof.</param>
/// <param name="NodeId">The NodeID that the joiner asks for; at most 64 bytes.</param>
/// <param name="Advertise">The address under which it will be reached, host:port; at most 512 bytes.</param>
/// <remarks>The verifier takes both keys from its own TLS connection, never from a message.</remarks>
public sealed record ProofInput(
    string TokenId,
    SpkiFingerprint ServerKey,
    SpkiFingerprint JoinerKey,
    [property: SuppressMessage("Performance", "CA1819", Justification = "Comes from and goes into a message")] byte[] Nonce,
    string NodeId,
    string Advertise)
{
    /// <summary>Length of the nonce in bytes.</summary>
    public const int NonceSize = 32;

    private const int MaximumName = 64;
    private const int MaximumAdvertise = 512;

    // Signatures made for anything else begin otherwise.
    private static readonly byte[] Domain = Encoding.ASCII.GetBytes("uptrakit enrollment proof v1\0");
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>
    /// The bytes that are signed: the domain, then each field with its length in front (4 bytes, big-endian), so that no two
    /// inputs have the same bytes. False for an input that has none.
    /// </summary>
    internal bool TryEncode([NotNullWhen(true)] out byte[]? encoded)
    {
        encoded = null;
        if (ServerKey is null || JoinerKey is null || Nonce is not { Length: NonceSize }
            || Bytes(TokenId, MaximumName) is not { } token
            || Bytes(NodeId, MaximumName) is not { } node
            || Bytes(Advertise, MaximumAdvertise) is not { } advertise)
            return false;

        using MemoryStream bytes = new();
        bytes.Write(Domain);
        Append(bytes, token);
        Append(bytes, ServerKey.Bytes);
        Append(bytes, JoinerKey.Bytes);
        Append(bytes, Nonce);
        Append(bytes, node);
        Append(bytes, advertise);
        encoded = bytes.ToArray();
        return true;
    }

    private static void Append(MemoryStream to, ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        to.Write(length);
        to.Write(field);
    }

    // Strict: replacement characters would give two texts the same bytes.
    private static byte[]? Bytes(string? text, int maximum)
    {
        if (text is null || text.Length > maximum)
            return null;
        try
        {
            byte[] bytes = StrictUtf8.GetBytes(text);
            return bytes.Length <= maximum ? bytes : null;
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
