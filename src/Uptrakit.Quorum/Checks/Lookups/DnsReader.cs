using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Uptrakit.Quorum.Checks.Lookups;

/// <summary>Reads a DNS message (RFC 1035) that anybody may have made.</summary>
/// <remarks>
/// Nothing here recurses and nothing is trusted to be there: a read beyond the end, or a name that leads in a circle, makes the
/// message a broken one. <see cref="Failed"/> is asked at the end of each part.
/// </remarks>
internal ref struct DnsReader(ReadOnlySpan<byte> message, int at = 0, int end = -1)
{
    // RFC 1035, 3.1: a name has at most 255 bytes, so a well-formed one has not more pointers than this.
    private const int PointerLimit = 64;
    private const int NameLimit = 255;
    private const int LabelLimit = 63;

    private readonly ReadOnlySpan<byte> message = message;
    private readonly int end = end < 0 ? message.Length : end;

    internal int At { get; private set; } = at;

    internal bool Failed { get; private set; }

    internal readonly int Left => end - At;

    /// <summary>What was read makes no sense, whatever the bytes say.</summary>
    internal void Break() => Failed = true;

    internal byte Byte() => Bytes(1) is [var one] ? one : (byte)0;

    internal int UInt16() => Bytes(2) is { Length: 2 } two ? BinaryPrimitives.ReadUInt16BigEndian(two) : 0;

    internal uint UInt32() => Bytes(4) is { Length: 4 } four ? BinaryPrimitives.ReadUInt32BigEndian(four) : 0;

    internal ReadOnlySpan<byte> Bytes(int count)
    {
        if (Failed || count > Left)
        {
            Failed = true;
            return [];
        }

        ReadOnlySpan<byte> taken = message.Slice(At, count);
        At += count;
        return taken;
    }

    /// <summary>A text with its length in front.</summary>
    internal string Text() => Shown(Bytes(Byte()), inName: false);

    /// <summary>A name without the dot at its end; the root is a dot.</summary>
    internal string Name()
    {
        StringBuilder name = new();
        int place = At;
        int pointers = 0;
        int length = 0;
        while (!Failed && place < message.Length && message[place] != 0)
        {
            int size = message[place++];
            if (size >= 0xc0)
                Follow(size, ref place, ref pointers);
            else
                length += Label(size, ref place, name);
            Failed |= length > NameLimit;
        }

        // The zero at the end.
        Failed |= place >= message.Length;
        place++;
        if (pointers == 0)
            At = place;
        Failed |= At > end;
        return name.Length == 0 ? "." : name.ToString(0, name.Length - 1);
    }

    // RFC 1035, 4.1.4: the rest of the name is at a prior place.
    private void Follow(int size, ref int place, ref int pointers)
    {
        if (place >= message.Length)
        {
            Failed = true;
            return;
        }

        int target = ((size & 0x3f) << 8) | message[place];
        if (pointers++ == 0)
            At = place + 1;
        Failed = pointers > PointerLimit || target >= place - 1;
        place = target;
    }

    private int Label(int size, ref int place, StringBuilder name)
    {
        if (size > LabelLimit || place + size > message.Length)
        {
            Failed = true;
            return 0;
        }

        name.Append(Shown(message.Slice(place, size), inName: true)).Append('.');
        place += size;
        return size + 1;
    }

    // RFC 1035, 5.1: what would be read as something else is written as \DDD.
    private static string Shown(ReadOnlySpan<byte> bytes, bool inName)
    {
        StringBuilder text = new(bytes.Length);
        foreach (byte each in bytes)
        {
            if (each is < (byte)' ' or > (byte)'~' || (inName && each is (byte)'.' or (byte)'\\'))
                text.Append(CultureInfo.InvariantCulture, $"\\{each:000}");
            else
                text.Append((char)each);
        }

        return text.ToString();
    }
}
