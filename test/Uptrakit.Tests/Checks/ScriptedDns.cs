using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Uptrakit.Tests.Checks;

/// <summary>A name server on loopback, UDP and TCP on one port, that answers as a test says.</summary>
internal sealed class ScriptedDns : IAsyncDisposable
{
    private readonly UdpClient socket;
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Func<byte[], bool, byte[]?> answer;
    private readonly Task[] loops;
    private int questions;
    private int calls;

    /// <param name="answer">Gets the question and whether it came over TCP; null is silence.</param>
    internal ScriptedDns(Func<byte[], bool, byte[]?> answer)
    {
        this.answer = answer;
        (socket, listener) = Bind();
        loops = [UdpAsync(), TcpAsync()];
    }

    internal string Server => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>Over UDP.</summary>
    internal int Questions => Volatile.Read(ref questions);

    /// <summary>Over TCP.</summary>
    internal int Calls => Volatile.Read(ref calls);

    /// <summary>Answers every question with these records.</summary>
    internal static ScriptedDns Saying(params (int Type, byte[] Data)[] records) => new((question, _) => Reply(question, 0, records));

    /// <summary>RFC 1035, 4.1: the question comes back; each record has a pointer to its name in front.</summary>
    internal static byte[] Reply(byte[] question, int code, params (int Type, byte[] Data)[] records)
    {
        int end = 12;
        while (question[end] != 0)
            end += question[end] + 1;
        end += 5;
        List<byte> message =
            [question[0], question[1], 0x81, (byte)(0x80 | code), 0, 1, 0, (byte)records.Length, 0, 0, 0, 0, .. question[12..end]];
        foreach ((int type, byte[] data) in records)
            message.AddRange([0xC0, 12, (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data]);
        return [.. message];
    }

    /// <summary>The same with the bit that says that it did not fit.</summary>
    internal static byte[] Cut(byte[] reply)
    {
        reply[2] |= 0x02;
        return reply;
    }

    internal static byte[] Name(string name) =>
        [.. name.Split('.').SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        socket.Dispose();
        listener.Stop();
        stop.Dispose();
    }

    // A port that is free for both.
    private static (UdpClient, TcpListener) Bind()
    {
        while (true)
        {
            TcpListener tcp = new(IPAddress.Loopback, 0);
            tcp.Start();
            try
            {
                return (new UdpClient((IPEndPoint)tcp.LocalEndpoint), tcp);
            }
            catch (SocketException)
            {
                tcp.Stop();
            }
        }
    }

    private async Task UdpAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult question = await socket.ReceiveAsync(stop.Token);
                Interlocked.Increment(ref questions);
                if (answer(question.Buffer, false) is { } bytes)
                    await socket.SendAsync(bytes, question.RemoteEndPoint, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task TcpAsync()
    {
        List<Socket> open = [];
        try
        {
            while (true)
            {
                Socket caller = await listener.AcceptSocketAsync(stop.Token);
                open.Add(caller);
                Interlocked.Increment(ref calls);
                await using NetworkStream stream = new(caller, ownsSocket: false);
                byte[] head = new byte[2];
                await stream.ReadExactlyAsync(head, stop.Token);
                byte[] question = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
                await stream.ReadExactlyAsync(question, stop.Token);
                if (answer(question, true) is { } bytes)
                    await stream.WriteAsync((byte[])[(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes], stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            open.ForEach(s => s.Dispose());
        }
    }
}
