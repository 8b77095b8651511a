using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Uptrakit.Quorum.Checks.Lookups;

/// <summary>Puts one question to one name server: over UDP, and over TCP when the answer does not fit.</summary>
/// <remarks>
/// Each question has a socket of its own, tied to the server, with a port that the kernel chose and a random number: who would
/// answer in the server's place must guess both, and a wrong guess is not even an error.
/// </remarks>
internal sealed class DnsAsker(TimeProvider clock)
{
    // A packet may get lost; the second one goes when the first should long be answered.
    private const double ResendAfter = 0.4;

    /// <returns>The answer, or why there is none.</returns>
    internal async ValueTask<(DnsReply? Reply, string Problem)> AskAsync(
        IPEndPoint server, byte[] question, TimeSpan patience, CancellationToken cancel)
    {
        using Deadline deadline = new(patience, clock, cancel);
        try
        {
            (DnsReply? reply, string problem) = await OverUdpAsync(server, Numbered(question), patience * ResendAfter, deadline.Token);
            // RFC 6891, 7: a server that does not know the additional record says so.
            if (reply is { Code: DnsWords.FormatError })
                (reply, problem) = await OverUdpAsync(server, Numbered(DnsMessage.Plain(question)), patience * ResendAfter, deadline.Token);
            return reply is { IsCut: true } ? await OverTcpAsync(server, Numbered(question), deadline.Token) : (reply, problem);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, "no answer");
        }
        catch (SocketException refused)
        {
            return (null, refused.Message);
        }
        catch (IOException cut)
        {
            return (null, cut.Message);
        }
    }

    private static byte[] Numbered(byte[] question)
    {
        byte[] numbered = [.. question];
        RandomNumberGenerator.Fill(numbered.AsSpan(0, 2));
        return numbered;
    }

    private async ValueTask<(DnsReply? Reply, string Problem)> OverUdpAsync(
        IPEndPoint server, byte[] question, TimeSpan resendAfter, CancellationToken cancel)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancel);
        byte[] buffer = new byte[4096];
        using (Deadline resend = new(resendAfter, clock, cancel))
        {
            await socket.SendAsync(question, SocketFlags.None, cancel);
            try
            {
                return await ReceiveAsync(socket, buffer, question, resend.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                await socket.SendAsync(question, SocketFlags.None, cancel);
            }
        }

        return await ReceiveAsync(socket, buffer, question, cancel);
    }

    private static async ValueTask<(DnsReply? Reply, string Problem)> ReceiveAsync(
        Socket socket, byte[] buffer, byte[] question, CancellationToken cancel)
    {
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancel);
            if (DnsMessage.Answers(buffer.AsSpan(0, length), question))
                return Read(buffer.AsSpan(0, length));
        }
    }

    // RFC 7766: two bytes of length, then the message.
    private static async ValueTask<(DnsReply? Reply, string Problem)> OverTcpAsync(
        IPEndPoint server, byte[] question, CancellationToken cancel)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancel);
        await using NetworkStream stream = new(socket, ownsSocket: false);
        byte[] head = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)question.Length);
        await stream.WriteAsync((byte[])[.. head, .. question], cancel);
        await stream.ReadExactlyAsync(head, cancel);
        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        await stream.ReadExactlyAsync(message, cancel);
        return DnsMessage.Answers(message, question) ? Read(message) : (null, "an answer to another question");
    }

    private static (DnsReply? Reply, string Problem) Read(ReadOnlySpan<byte> message) =>
        DnsMessage.TryRead(message, out DnsReply? reply) ? (reply, "") : (null, "broken answer");
}
