using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Uptrakit.Trust.Enrollment;

/// <summary>The text of a token: prefix, then base64url (RFC 4648, section 5, no padding) of payload and checksum.</summary>
internal static class TokenText
{
    internal const string Prefix = "qut1_";
    internal const int MaximumLength = 4096; // the longest token that can be minted has 3192 characters

    private const int ChecksumSize = 4;
    private const int PrefixDigit = 3;

    internal static string Of(ReadOnlySpan<byte> payload) =>
        Prefix + Base64Url.EncodeToString([.. payload, .. ChecksumOf(payload)]);

    /// <summary>Finds the payload. Only the one text that <see cref="Of"/> gives for a payload is taken for it.</summary>
    internal static TokenFault Open(string? given, out byte[] payload)
    {
        payload = [];
        ReadOnlySpan<char> text = given.AsSpan().Trim();
        if (text.IsEmpty)
            return TokenFault.Empty;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return FaultOfPrefix(text);
        if (text.Length > MaximumLength)
            return TokenFault.Malformed;

        ReadOnlySpan<char> body = text[Prefix.Length..];
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

    private static byte[] ChecksumOf(ReadOnlySpan<byte> payload) =>
        SHA256.HashData([.. Encoding.ASCII.GetBytes(Prefix), .. payload])[..ChecksumSize];

    private static TokenFault FaultOfPrefix(ReadOnlySpan<char> text)
    {
        if (Prefix.AsSpan().StartsWith(text, StringComparison.Ordinal))
            return TokenFault.Truncated;
        bool otherVersion = text.Length > PrefixDigit + 1
            && text[..PrefixDigit].SequenceEqual(Prefix.AsSpan(0, PrefixDigit))
            && char.IsAsciiDigit(text[PrefixDigit]) && text[PrefixDigit + 1] == '_';
        return otherVersion ? TokenFault.UnknownVersion : TokenFault.NotAToken;
    }

    private static TokenFault FaultOfBody(ReadOnlySpan<char> body)
    {
        if (!TryDecode(body[..(body.Length & ~3)], out byte[]? start))
            return TokenFault.Mistyped;

        long size = (long)TokenPayload.RequiredSize(start) + ChecksumSize;
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
