using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Uptrakit.Trust.Enrollment;

/// <summary>How long a payload must be that begins like this; see <see cref="TokenPayload.RequiredSize"/>.</summary>
internal delegate int RequiredSize(ReadOnlySpan<byte> start);

/// <summary>The text of a token: prefix, then base64url (RFC 4648, section 5, no padding) of payload and checksum.</summary>
/// <param name="prefix">Three letters, the digit of the version, an underscore: secret scanners find a token by it.</param>
/// <param name="requiredSize">Tells a cut token from a mistyped one.</param>
internal sealed class TokenText(string prefix, RequiredSize requiredSize)
{
    internal const int MaximumLength = 4096; // the longest token that can be minted has 3192 characters

    private const int ChecksumSize = 4;
    private const int PrefixDigit = 3;

    /// <summary>Tokens with which a node joins a cluster.</summary>
    internal static readonly TokenText OfNodes = new("qut1_", TokenPayload.RequiredSize);

    /// <summary>Tokens with which a Service enrolls at a Controller.</summary>
    internal static readonly TokenText OfServices = new("upt1_", ServiceTokenPayload.RequiredSize);

    internal string Prefix => prefix;

    internal string Of(ReadOnlySpan<byte> payload) =>
        prefix + Base64Url.EncodeToString([.. payload, .. ChecksumOf(payload)]);

    /// <summary>Finds the payload. Only the one text that <see cref="Of"/> gives for a payload is taken for it.</summary>
    internal TokenFault Open(string? given, out byte[] payload)
    {
        payload = [];
        ReadOnlySpan<char> text = given.AsSpan().Trim();
        if (text.IsEmpty)
            return TokenFault.Empty;
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
            return FaultOfPrefix(text);
        if (text.Length > MaximumLength)
            return TokenFault.Malformed;

        ReadOnlySpan<char> body = text[prefix.Length..];
        // Base64 lets white space and unused bits pass: two texts for one token. Hence the comparison with what it should be.
        if (!TryDecode(body, out byte[]? bytes) || bytes.Length < ChecksumSize
            || !body.SequenceEqual(Base64Url.EncodeToString(bytes)))
            return FaultOfBody(body);

        ReadOnlySpan<byte> covered = bytes.AsSpan(0, bytes.Length - ChecksumSize);
        if (!bytes.AsSpan(covered.Length).SequenceEqual(ChecksumOf(covered)))
            return FaultOfBody(body);

        payload = covered.ToArray();
        return TokenFault.None;
    }

    private byte[] ChecksumOf(ReadOnlySpan<byte> payload) =>
        SHA256.HashData([.. Encoding.ASCII.GetBytes(prefix), .. payload])[..ChecksumSize];

    private TokenFault FaultOfPrefix(ReadOnlySpan<char> text)
    {
        if (prefix.AsSpan().StartsWith(text, StringComparison.Ordinal))
            return TokenFault.Truncated;
        bool otherVersion = text.Length > PrefixDigit + 1
            && text[..PrefixDigit].SequenceEqual(prefix.AsSpan(0, PrefixDigit))
            && char.IsAsciiDigit(text[PrefixDigit]) && text[PrefixDigit + 1] == '_';
        return otherVersion ? TokenFault.UnknownVersion : TokenFault.NotAToken;
    }

    private TokenFault FaultOfBody(ReadOnlySpan<char> body)
    {
        if (!TryDecode(body[..(body.Length & ~3)], out byte[]? start))
            return TokenFault.Mistyped;

        long size = (long)requiredSize(start) + ChecksumSize;
        long characters = ((size * 8) + 5) / 6;
        return body.Length < characters ? TokenFault.Truncated : TokenFault.Mistyped;
    }

    private static bool TryDecode(ReadOnlySpan<char> body, [NotNullWhen(true)] out byte[]? bytes)
    {
        byte[] buffer = new byte[Base64Url.GetMaxDecodedLength(body.Length)];
        bytes = Base64Url.DecodeFromChars(body, buffer, out _, out int written) == System.Buffers.OperationStatus.Done
            ? buffer[..written]
            : null;
        return bytes is not null;
    }
}
