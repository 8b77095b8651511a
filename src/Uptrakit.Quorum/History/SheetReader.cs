namespace Uptrakit.Quorum.History;

/// <summary>Reads a sheet. Whatever the bytes are, it ends, and says whether it was one.</summary>
internal ref struct SheetReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public bool IsSound { get; private set; } = true;

    public readonly bool IsAtEnd => rest.IsEmpty || !IsSound;

    public int ReadSlot() => ReadByte() is var slot && slot < SheetWriter.Slots ? slot : Spoil();

    public long Read()
    {
        ulong number = 0;
        for (int shift = 0; shift < 56; shift += 7)
        {
            int next = ReadByte();
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return IsSound ? (long)number : 0;
        }

        return Spoil();
    }

    public (int Index, int Count) ReadBucket()
    {
        int head = ReadByte();
        int count = head & 7;
        return (head >> 3, count < 7 ? count : (int)Math.Min(int.MaxValue, Read() + 7));
    }

    private int ReadByte()
    {
        if (rest.IsEmpty)
            return Spoil();
        byte next = rest[0];
        rest = rest[1..];
        return next;
    }

    private int Spoil()
    {
        IsSound = false;
        rest = default;
        return 0;
    }
}
