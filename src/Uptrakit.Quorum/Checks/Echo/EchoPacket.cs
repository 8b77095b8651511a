using System.Buffers.Binary;

namespace Uptrakit.Quorum.Checks.Echo;

/// <summary>Echo requests and replies of ICMP (RFC 792) and ICMPv6 (RFC 4443).</summary>
internal static class EchoPacket
{
    /// <summary>Random bytes that only who has seen the request can send back.</summary>
    internal const int MarkLength = 16;

    internal const int Length = 8 + MarkLength;

    private const byte Request4 = 8;
    private const byte Reply4 = 0;
    private const byte Request6 = 128;
    private const byte Reply6 = 129;

    internal static byte[] Request(bool isV6, ushort id, ushort sequence, ReadOnlySpan<byte> mark)
    {
        byte[] packet = new byte[Length];
        packet[0] = isV6 ? Request6 : Request4;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), sequence);
        mark.CopyTo(packet.AsSpan(8));
        // Over IPv6 the kernel writes the checksum: it covers addresses that only the kernel knows.
        if (!isV6)
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Checksum(packet));
        return packet;
    }

    /// <summary>The sequence number of a reply to one of the requests with this mark; null for anything else that comes in.</summary>
    /// <remarks>The id is not looked at: on a datagram socket it is the kernel's. The mark says more.</remarks>
    internal static ushort? SequenceOf(ReadOnlySpan<byte> packet, bool isV6, bool hasIpHeader, ReadOnlySpan<byte> mark)
    {
        if (hasIpHeader)
        {
            int header = packet.IsEmpty ? 0 : (packet[0] & 0x0f) * 4;
            if (header < 20 || packet.Length < header)
                return null;
            packet = packet[header..];
        }

        bool isReply = packet.Length >= Length && packet[0] == (isV6 ? Reply6 : Reply4) && packet[1] == 0
            && packet.Slice(8, MarkLength).SequenceEqual(mark);
        return isReply ? BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) : null;
    }

    // RFC 1071.
    private static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        uint sum = 0;
        for (int i = 0; i + 1 < packet.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
