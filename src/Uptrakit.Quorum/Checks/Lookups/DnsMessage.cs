using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Uptrakit.Quorum.Checks.Lookups;

/// <summary>Questions and answers as they go over the wire (RFC 1035).</summary>
internal static class DnsMessage
{
    internal const int HeadLength = 12;

    // RFC 9715: what fits into one packet nearly everywhere.
    private const int PacketSize = 1232;
    private const int RecordLimit = 512;
    private const int NameLimit = 253;

    /// <summary>Null when the name cannot be asked for.</summary>
    internal static byte[]? Question(string name, DnsType type)
    {
        string bare = name.EndsWith('.') ? name[..^1] : name;
        if (bare.Length > NameLimit)
            return null;

        // Recursion desired, one question, one additional record.
        List<byte> message = [0, 0, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 1];
        foreach (string label in bare.Length == 0 ? [] : bare.Split('.'))
        {
            if (label.Length is 0 or > 63 || label.AsSpan().ContainsAnyExceptInRange('!', '~'))
                return null;
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        int number = (int)type;
        message.AddRange([0, (byte)(number >> 8), (byte)number, 0, 1]);
        // RFC 6891: we take larger packets than 512 bytes.
        message.AddRange([0, 0, (byte)DnsType.Opt, PacketSize >> 8, PacketSize & 0xff, 0, 0, 0, 0, 0, 0]);
        return [.. message];
    }

    /// <summary>The same question for a server that does not know the additional record.</summary>
    internal static byte[] Plain(byte[] question)
    {
        byte[] plain = question[..^11];
        plain[11] = 0;
        return plain;
    }

    /// <summary>Whether this is an answer to the question, and not somebody's guess or an answer to another one.</summary>
    internal static bool Answers(ReadOnlySpan<byte> message, ReadOnlySpan<byte> question)
    {
        if (message.Length < HeadLength || !message[..2].SequenceEqual(question[..2]) || (message[2] & 0xf8) != 0x80)
            return false;
        int asked = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        // Some servers repeat no question when they refuse it.
        if (asked == 0)
            return (message[3] & 0x0f) != DnsWords.NoError;

        int end = HeadLength;
        while (question[end] != 0)
            end += question[end] + 1;
        end += 5;
        return asked == 1 && message.Length >= end
            && Ascii.EqualsIgnoreCase(message[HeadLength..end], question[HeadLength..end]);
    }

    /// <summary>Reads an answer; false when it is broken.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out DnsReply? reply)
    {
        reply = null;
        DnsReader reader = new(message);
        reader.Bytes(2);
        int flags = reader.UInt16();
        int questions = reader.UInt16();
        int answers = reader.UInt16();
        reader.Bytes(4);
        for (int i = 0; i < questions && !reader.Failed; i++)
        {
            reader.Name();
            reader.Bytes(4);
        }

        bool isCut = (flags & 0x0200) != 0;
        List<DnsRecord> records = [];
        for (int i = 0; i < answers && i < RecordLimit && !reader.Failed && !isCut; i++)
        {
            if (Record(ref reader, message) is { } record)
                records.Add(record);
        }

        if (reader.Failed)
            return false;
        reply = new DnsReply(flags & 0x0f, isCut, records);
        return true;
    }

    private static DnsRecord? Record(ref DnsReader reader, ReadOnlySpan<byte> message)
    {
        reader.Name();
        DnsType type = (DnsType)reader.UInt16();
        int network = reader.UInt16();
        reader.Bytes(4);
        int length = reader.UInt16();
        int from = reader.At;
        reader.Bytes(length);
        if (reader.Failed || network != 1)
            return null;

        DnsReader data = new(message, from, from + length);
        DnsRecord? record = Data(type, ref data, length);
        // A record that says more or less than its length is a broken one, and so is the message.
        if (record is not null && (data.Failed || data.Left != 0))
            reader.Break();
        return record;
    }

    private static DnsRecord? Data(DnsType type, ref DnsReader data, int length)
    {
        switch (type)
        {
            case DnsType.A:
            case DnsType.Aaaa:
                ReadOnlySpan<byte> bytes = data.Bytes(type == DnsType.A ? 4 : 16);
                return bytes.IsEmpty ? new DnsRecord(type, "", null) : Address(type, new IPAddress(bytes));
            case DnsType.Cname:
            case DnsType.Ns:
            case DnsType.Ptr:
                return new DnsRecord(type, data.Name(), null);
            case DnsType.Mx:
                return new DnsRecord(type, $"{data.UInt16()} {data.Name()}", null);
            case DnsType.Srv:
                return new DnsRecord(type, $"{data.UInt16()} {data.UInt16()} {data.UInt16()} {data.Name()}", null);
            case DnsType.Soa:
                return new DnsRecord(type, $"{data.Name()} {data.Name()} {data.UInt32()} {data.UInt32()} {data.UInt32()} {data.UInt32()} {data.UInt32()}", null);
            case DnsType.Txt:
                StringBuilder text = new(length);
                while (data.Left > 0 && !data.Failed)
                    text.Append(data.Text());
                return new DnsRecord(type, text.ToString(), null);
            case DnsType.Caa:
                int flags = data.Byte();
                string tag = data.Text();
                return new DnsRecord(type, $"{flags} {tag} \"{Encoding.Latin1.GetString(data.Bytes(Math.Max(0, data.Left)))}\"", null);
            default:
                return null;
        }
    }

    private static DnsRecord Address(DnsType type, IPAddress address) => new(type, address.ToString(), address);
}
