using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Tests.Checks;

/// <summary>What a test name server does with questions.</summary>
internal enum DnsMood
{
    Answer,
    Silent,
    Refuse,
    Fail,
    NoSuchName,
    OnlyA,
}

/// <summary>A name server on loopback UDP that knows one IPv4 address for every name.</summary>
internal sealed class TestDns : IAsyncDisposable
{
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private int questions;

    internal TestDns(DnsMood mood, string address = "127.0.0.1")
    {
        loop = ServeAsync(mood, IPAddress.Parse(address).GetAddressBytes());
    }

    internal string Server => $"127.0.0.1:{((IPEndPoint)socket.Client.LocalEndPoint!).Port}";

    internal int Questions => Volatile.Read(ref questions);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        socket.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync(DnsMood mood, byte[] address)
    {
        try
        {
            while (true)
            {
                UdpReceiveResult question = await socket.ReceiveAsync(stop.Token);
                Interlocked.Increment(ref questions);
                if (Answer(question.Buffer, mood, address) is { } answer)
                    await socket.SendAsync(answer, question.RemoteEndPoint, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    // RFC 1035, 4.1: the question comes back, with a pointer to its name in front of the address.
    private static byte[]? Answer(byte[] question, DnsMood mood, byte[] address)
    {
        int end = 12;
        while (question[end] != 0)
            end += question[end] + 1;
        end += 5;
        bool isA = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(end - 4)) == 1;
        if (mood == DnsMood.Silent || (mood == DnsMood.OnlyA && !isA))
            return null;

        int code = mood switch { DnsMood.Refuse => 5, DnsMood.Fail => 2, DnsMood.NoSuchName => 3, _ => 0 };
        bool found = code == 0 && isA;
        byte[] head = [question[0], question[1], 0x81, (byte)(0x80 | code), 0, 1, 0, (byte)(found ? 1 : 0), 0, 0, 0, 0];
        byte[] record = found ? [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. address] : [];
        return [.. head, .. question[12..end], .. record];
    }
}
