using System.Buffers.Binary;
using System.Text;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Enrollment;

/// <summary>What the token of a Service says, and its bytes: all integers are big-endian.</summary>
/// <remarks>
/// <code>
/// version 1 | id 8 | secret 32 | controller 16 | expiry 8 (seconds since 1970) | pinned 1 (0 or 1) | pinned × fingerprint 32 |
/// count 1 | count × address
/// address: length 1 | host (UTF-8) | port 2
/// </code>
/// </remarks>
internal sealed class ServiceTokenPayload
{
    internal const byte Version = 1;
    internal const int IdSize = 8;
    internal const int SecretSize = 32;
    internal const int MaximumAddresses = 4;

    private const int PinAt = 1 + IdSize + SecretSize + 16 + 8;
    private const int PinSize = 32;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    internal required byte[] Id { get; init; }

    internal required byte[] Secret { get; init; }

    internal required Guid ControllerId { get; init; }

    internal required DateTimeOffset Expires { get; init; }

    internal CertificateFingerprint? Pin { get; init; }

    internal required IReadOnlyList<TokenAddress> Addresses { get; init; }

    internal byte[] Encode()
    {
        using MemoryStream bytes = new(PinAt + 1 + PinSize + 1);
        Span<byte> number = stackalloc byte[16];
        bytes.WriteByte(Version);
        bytes.Write(Id);
        bytes.Write(Secret);
        ControllerId.TryWriteBytes(number, bigEndian: true, out _);
        bytes.Write(number);
        BinaryPrimitives.WriteInt64BigEndian(number, Expires.ToUnixTimeSeconds());
        bytes.Write(number[..8]);
        bytes.WriteByte((byte)(Pin is null ? 0 : 1));
        if (Pin is not null)
            bytes.Write(Pin.Bytes);
        bytes.WriteByte((byte)Addresses.Count);
        foreach (TokenAddress address in Addresses)
        {
            byte[] host = StrictUtf8.GetBytes(address.Host);
            bytes.WriteByte((byte)host.Length);
            bytes.Write(host);
            BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)address.Port);
            bytes.Write(number[..2]);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads what a checksum was found to cover. Nothing is set aside for a count before its bytes are there.</summary>
    internal static TokenFault Decode(ReadOnlySpan<byte> bytes, out ServiceTokenPayload? payload)
    {
        payload = null;
        if (bytes.IsEmpty)
            return TokenFault.Malformed;
        if (bytes[0] != Version)
            return TokenFault.UnknownVersion;

        PayloadReader reader = new(bytes[1..]);
        byte[] id = reader.Take(IdSize).ToArray();
        byte[] secret = reader.Take(SecretSize).ToArray();
        ReadOnlySpan<byte> controller = reader.Take(16);
        ReadOnlySpan<byte> expiry = reader.Take(8);
        bool hasPin = TryPin(ref reader, out CertificateFingerprint? pin);
        List<TokenAddress>? addresses = ReadAddresses(ref reader);
        if (!hasPin || addresses is null || !reader.AtEnd || !TokenTime.TryRead(expiry, out DateTimeOffset expires))
            return TokenFault.Malformed;

        payload = new ServiceTokenPayload
        {
            Id = id,
            Secret = secret,
            ControllerId = new Guid(controller, bigEndian: true),
            Expires = expires,
            Pin = pin,
            Addresses = addresses.AsReadOnly(),
        };
        return TokenFault.None;
    }

    /// <summary>As <see cref="TokenPayload.RequiredSize"/>.</summary>
    internal static int RequiredSize(ReadOnlySpan<byte> start)
    {
        if (start.Length <= PinAt)
            return int.MaxValue;
        if (start[0] != Version || start[PinAt] > 1)
            return 0;

        int size = PinAt + 1 + (start[PinAt] * PinSize);
        if (size >= start.Length)
            return int.MaxValue;
        int count = start[size++];
        for (int i = 0; i < count; i++)
        {
            if (size >= start.Length)
                return int.MaxValue;
            size += 1 + start[size] + 2;
        }

        return count > MaximumAddresses ? 0 : size;
    }

    private static bool TryPin(ref PayloadReader reader, out CertificateFingerprint? pin)
    {
        pin = null;
        return reader.TakeByte() switch
        {
            0 => !reader.RanOut,
            1 => CertificateFingerprint.TryFromBytes(reader.Take(PinSize), out pin) && !reader.RanOut,
            _ => false,
        };
    }

    private static List<TokenAddress>? ReadAddresses(ref PayloadReader reader)
    {
        int count = reader.TakeByte();
        if (reader.RanOut || count > MaximumAddresses)
            return null;

        List<TokenAddress> addresses = [];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> host = reader.Take(reader.TakeByte());
            ReadOnlySpan<byte> port = reader.Take(2);
            if (reader.RanOut || !System.Text.Unicode.Utf8.IsValid(host))
                return null;
            TokenAddress address = new(StrictUtf8.GetString(host), BinaryPrimitives.ReadUInt16BigEndian(port));
            if (!TokenHost.IsFit(address.Host, address.Port))
                return null;
            addresses.Add(address);
        }

        return addresses;
    }
}
