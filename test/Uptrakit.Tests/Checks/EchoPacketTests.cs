using CsCheck;
using Uptrakit.Quorum.Checks.Echo;

namespace Uptrakit.Tests.Checks;

public sealed class EchoPacketTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Reply_IsKnownByItsMarkOnly(bool isV6, bool hasHeader)
    {
        byte[] mark = new byte[EchoPacket.MarkLength];
        mark[3] = 9;
        byte[] packet = EchoPacket.Request(isV6, 1, 513, mark);
        byte[] header = new byte[hasHeader ? 24 : 0];
        if (hasHeader)
            header[0] = 0x46;
        Assert.Null(EchoPacket.SequenceOf([.. header, .. packet], isV6, hasHeader, mark));

        packet[0] = isV6 ? (byte)129 : (byte)0;
        Assert.Equal((ushort)513, EchoPacket.SequenceOf([.. header, .. packet], isV6, hasHeader, mark));
        Assert.Null(EchoPacket.SequenceOf([.. header, .. packet], isV6, hasHeader, new byte[EchoPacket.MarkLength]));
        Assert.Null(EchoPacket.SequenceOf([.. header, .. packet[..^1]], isV6, hasHeader, mark));
        if (hasHeader)
            Assert.Null(EchoPacket.SequenceOf(packet, isV6, hasHeader, mark));
    }

    [Fact]
    public void Packet_OfAnyBytes_NeverThrows() => Gen.Select(Gen.Byte.Array[0, 60], Gen.Bool, Gen.Bool).Sample(
        (bytes, isV6, hasHeader) => EchoPacket.SequenceOf(bytes, isV6, hasHeader, new byte[EchoPacket.MarkLength]) is null or < ushort.MaxValue);
}
