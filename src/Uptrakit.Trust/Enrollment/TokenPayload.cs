using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Enrollment;

/// <summary>What a token says, and its bytes: all integers are big-endian.</summary>
/// <remarks>
/// <code>
/// version 1 | id 8 | secret 32 | cluster 16 | expiry 8 (seconds since 1970) | count 1 | count × endpoint
/// endpoint: length 1 | host (UTF-8) | port 2 | pin 32
/// </code>
/// </remarks>
internal sealed class TokenPayload
{
    internal const byte Version = 1;
    internal const int IdSize = 8;
    internal const int SecretSize = 32;
    internal const int MaximumEndpoints = 8;

    private const int HeaderSize = 1 + IdSize + SecretSize + 16 + 8 + 1;
    private const int PinSize = 32;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    internal required byte[] Id { get; init; }

    internal required byte[] Secret { get; init; }

    internal required Guid ClusterId { get; init; }

    internal required DateTimeOffset Expires { get; init; }

    internal required IReadOnlyList<TokenEndpoint> Endpoints { get; init; }

    internal byte[] Encode()
    {
        using MemoryStream bytes = new(HeaderSize);
        Span<byte> number = stackalloc byte[16];
        bytes.WriteByte(Version);
        bytes.Write(Id);
        bytes.Write(Secret);
        ClusterId.TryWriteBytes(number, bigEndian: true, out _);
        bytes.Write(number);
        BinaryPrimitives.WriteInt64BigEndian(number, Expires.ToUnixTimeSeconds());
        bytes.Write(number[..8]);
        bytes.WriteByte((byte)Endpoints.Count);
        foreach (TokenEndpoint endpoint in Endpoints)
        {
            byte[] host = StrictUtf8.GetBytes(endpoint.Host);
            bytes.WriteByte((byte)host.Length);
            bytes.Write(host);
            BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)endpoint.Port);
            bytes.Write(number[..2]);
            bytes.Write(endpoint.Pin.Bytes);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads what a checksum was found to cover. Nothing is set aside for a count before its bytes are there.</summary>
    internal static TokenFault Decode(ReadOnlySpan<byte> bytes, out TokenPayload? payload)
    {
        payload = null;
        if (bytes.IsEmpty)
            return TokenFault.Malformed;
        if (bytes[0] != Version)
            return TokenFault.UnknownVersion;

        PayloadReader reader = new(bytes[1..]);
        byte[] id = reader.Take(IdSize).ToArray();
        byte[] secret = reader.Take(SecretSize).ToArray();
        ReadOnlySpan<byte> cluster = reader.Take(16);
        ReadOnlySpan<byte> expiry = reader.Take(8);
        List<TokenEndpoint>? endpoints = Endpoint.ReadAll(ref reader);
        if (endpoints is null || !reader.AtEnd || !TokenTime.TryRead(expiry, out DateTimeOffset expires))
            return TokenFault.Malformed;

        payload = new TokenPayload
        {
            Id = id,
            Secret = secret,
            ClusterId = new Guid(cluster, bigEndian: true),
            Expires = expires,
            Endpoints = endpoints.AsReadOnly(),
        };
        return TokenFault.None;
    }

    /// <summary>
    /// How long a payload must be that begins like this: to tell a cut token from a mistyped one, for the message only.
    /// <see cref="int.MaxValue"/> when it is cut before that is known, zero when it is no payload of this version.
    /// </summary>
    internal static int RequiredSize(ReadOnlySpan<byte> start)
    {
        if (start.Length < HeaderSize)
            return int.MaxValue;
        int count = start[HeaderSize - 1];
        if (start[0] != Version || count is 0 or > MaximumEndpoints)
            return 0;

        int size = HeaderSize;
        for (int i = 0; i < count; i++)
        {
            if (size >= start.Length)
                return int.MaxValue;
            size += 1 + start[size] + 2 + PinSize;
        }

        return size;
    }

    /// <summary>Whether an endpoint can be written, and shown on a terminal without doing anything there.</summary>
    internal static bool IsFit(TokenEndpoint endpoint) => TokenHost.IsFit(endpoint.Host, endpoint.Port);

    private static class Endpoint
    {
        internal static List<TokenEndpoint>? ReadAll(ref PayloadReader reader)
        {
            int count = reader.TakeByte();
            if (reader.RanOut || count is 0 or > MaximumEndpoints)
                return null;

            List<TokenEndpoint> endpoints = [];
            for (int i = 0; i < count; i++)
            {
                if (!TryRead(ref reader, out TokenEndpoint? endpoint))
                    return null;
                endpoints.Add(endpoint);
            }

            return endpoints;
        }

        private static bool TryRead(ref PayloadReader reader, [NotNullWhen(true)] out TokenEndpoint? endpoint)
        {
            endpoint = null;
            ReadOnlySpan<byte> host = reader.Take(reader.TakeByte());
            ReadOnlySpan<byte> port = reader.Take(2);
            ReadOnlySpan<byte> pin = reader.Take(PinSize);
            if (reader.RanOut || !System.Text.Unicode.Utf8.IsValid(host) || !SpkiFingerprint.TryFromBytes(pin, out var key))
                return false;

            TokenEndpoint read = new(StrictUtf8.GetString(host), BinaryPrimitives.ReadUInt16BigEndian(port), key);
            endpoint = IsFit(read) ? read : null;
            return endpoint is not null;
        }
    }
}
