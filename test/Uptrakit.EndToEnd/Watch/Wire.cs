using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>A cable between two network interfaces that takes its time, loses what it is told to lose, and can be cut.</summary>
/// <remarks>As netem does it, which many kernels lack; and what is lost is chosen here, not by chance.</remarks>
internal sealed class Wire : IDisposable
{
    private const int EverythingFromTheLink = 3;
    private readonly Socket[] ends;
    private readonly CancellationTokenSource ended = new();

    public Wire(string one, string other)
    {
        ends = [Open(one), Open(other)];
        _ = CarryAsync(ends[0], ends[1]);
        _ = CarryAsync(ends[1], ends[0]);
    }

    /// <summary>How long each frame takes, in each direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Nothing arrives any more, and nobody is told.</summary>
    public bool IsCut { get; set; }

    /// <summary>Whether answers to pings with odd numbers get lost.</summary>
    public bool LosesEveryOtherPing { get; set; }

    public void Dispose()
    {
        ended.Cancel();
        foreach (Socket end in ends)
            end.Dispose();
        ended.Dispose();
    }

    private static Socket Open(string name)
    {
        int index = int.Parse(File.ReadAllText($"/sys/class/net/{name}/ifindex"));
        Socket socket = new(AddressFamily.Packet, SocketType.Raw, (ProtocolType)BinaryPrimitives.ReverseEndianness((ushort)EverythingFromTheLink));
        socket.Bind(new LinkEndPoint(index));
        return socket;
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        CancellationToken cancel = ended.Token;
        byte[] buffer = new byte[65_536];
        try
        {
            while (true)
            {
                int length = await from.ReceiveAsync(buffer, SocketFlags.None, cancel);
                byte[] frame = buffer[..length];
                if (!IsCut && !(LosesEveryOtherPing && Frame.IsOddEchoReply(frame)))
                    _ = DeliverAsync(frame, to, cancel);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over, or its interfaces are gone.
        }
    }

    private async Task DeliverAsync(byte[] frame, Socket to, CancellationToken cancel)
    {
        try
        {
            if (Delay > TimeSpan.Zero)
                await Task.Delay(Delay, cancel);
            Frame.WriteChecksum(frame);
            await to.SendAsync(frame, SocketFlags.None, cancel);
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // As on a cable: what does not fit is lost.
        }
    }

    /// <summary>sockaddr_ll of packet(7).</summary>
    private sealed class LinkEndPoint(int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            SocketAddress address = new(AddressFamily.Packet, 20);
            address[3] = EverythingFromTheLink;
            for (int i = 0; i < 4; i++)
                address[4 + i] = (byte)(index >> (8 * i));
            return address;
        }
    }
}

/// <summary>What is to be known of an Ethernet frame with IPv4 in it.</summary>
internal static class Frame
{
    private const int Ethernet = 14;
    private const int Icmp = 1;
    private const int Tcp = 6;
    private const int Udp = 17;

    public static bool IsOddEchoReply(ReadOnlySpan<byte> frame) =>
        TryRead(frame, out int protocol, out int at) && protocol == Icmp && frame.Length >= at + 8 && frame[at] == 0 && frame[at + 7] % 2 == 1;

    /// <summary>Between virtual interfaces the kernel leaves the sum to a card that is not there.</summary>
    public static void WriteChecksum(Span<byte> frame)
    {
        if (!TryRead(frame, out int protocol, out int at) || protocol is not (Tcp or Udp))
            return;
        int end = Math.Min(frame.Length, Ethernet + BinaryPrimitives.ReadUInt16BigEndian(frame[(Ethernet + 2)..]));
        Span<byte> segment = frame[at..end];
        int place = protocol == Tcp ? 16 : 6;
        if (segment.Length < place + 2)
            return;
        segment[place..(place + 2)].Clear();
        // RFC 9293, 3.1: the addresses, the protocol and the length count too.
        uint sum = Sum(frame.Slice(Ethernet + 12, 8)) + (uint)protocol + (uint)segment.Length + Sum(segment);
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        ushort check = (ushort)~sum;
        BinaryPrimitives.WriteUInt16BigEndian(segment[place..], check == 0 && protocol == Udp ? (ushort)0xffff : check);
    }

    private static bool TryRead(ReadOnlySpan<byte> frame, out int protocol, out int at)
    {
        (protocol, at) = (0, 0);
        if (frame.Length < Ethernet + 20 || frame[12] != 8 || frame[13] != 0)
            return false;
        protocol = frame[Ethernet + 9];
        at = Ethernet + ((frame[Ethernet] & 0x0f) * 4);
        return frame.Length > at;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        return sum;
    }
}
