using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Uptrakit.Quorum.Checks.Echo;

/// <summary>What came back of a number of echo requests.</summary>
/// <param name="Problem">What went wrong beside silence, when something did.</param>
internal sealed record EchoTally(int Sent, int Received, TimeSpan Mean, string? Problem)
{
    internal int LossPercent => Sent == 0 ? 100 : (Sent - Received) * 100 / Sent;
}

/// <summary>Some echo requests to one address, one after the other.</summary>
internal sealed class EchoSeries(IPAddress address, int count, TimeProvider clock, OpenEcho open)
{
    // Errors come back for requests that a router refused; more of them than requests come from somebody else.
    private const int ErrorLimit = 64;
    private static readonly TimeSpan s_longestSpacing = TimeSpan.FromMilliseconds(200);

    // A reply that is later than this is a lost one.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] mark = RandomNumberGenerator.GetBytes(EchoPacket.MarkLength);
    private readonly long[] sentAt = new long[count];
    private readonly TimeSpan[] took = new TimeSpan[count];
    private int received;
    private string? problem;

    /// <summary>Ends with the first reply; without one, never.</summary>
    internal Task Answered => answered.Task;

    /// <param name="budget">All of it takes at most so long.</param>
    internal async Task<EchoTally> RunAsync(TimeSpan budget, CancellationToken cancel)
    {
        long start = clock.GetTimestamp();
        if (!open(address, out EchoSocket? socket, out string refused))
            return new EchoTally(count, 0, TimeSpan.Zero, refused);

        using (socket)
        using (Deadline deadline = new(budget, clock, cancel))
        {
            Task listening = ListenAsync(socket, deadline.Token);
            bool anySent = await SendAsync(socket, budget, deadline.Token);
            TimeSpan left = anySent ? budget - clock.GetElapsedTime(start) : TimeSpan.Zero;
            deadline.CancelAfter(left > s_patience ? s_patience : left > TimeSpan.Zero ? left : TimeSpan.Zero);
            await listening;
        }

        cancel.ThrowIfCancellationRequested();
        TimeSpan mean = received == 0 ? TimeSpan.Zero : new TimeSpan(took.Sum(static t => t.Ticks) / received);
        return new EchoTally(count, received, mean, problem);
    }

    // Whether any request has left this machine.
    private async Task<bool> SendAsync(EchoSocket socket, TimeSpan budget, CancellationToken cancel)
    {
        TimeSpan share = budget / (2 * count);
        TimeSpan spacing = share < s_longestSpacing ? share : s_longestSpacing;
        ushort id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue);
        bool anySent = false;
        for (int i = 0; i < count; i++)
        {
            try
            {
                if (i > 0)
                    await Task.Delay(spacing, clock, cancel);
                byte[] packet = EchoPacket.Request(socket.IsV6, id, (ushort)i, mark);
                sentAt[i] = clock.GetTimestamp();
                await socket.Socket.SendAsync(packet, SocketFlags.None, cancel);
                anySent = true;
            }
            catch (SocketException refused)
            {
                // What a router said about an earlier request may come up here.
                problem ??= refused.Message;
            }
            catch (OperationCanceledException)
            {
                // The budget is used up; what has come counts.
                return anySent;
            }
        }

        return anySent;
    }

    private async Task ListenAsync(EchoSocket socket, CancellationToken cancel)
    {
        byte[] buffer = new byte[1500];
        int errors = 0;
        try
        {
            while (received < count)
            {
                try
                {
                    int length = await socket.Socket.ReceiveAsync(buffer, SocketFlags.None, cancel);
                    Take(EchoPacket.SequenceOf(buffer.AsSpan(0, length), socket.IsV6, socket.HasIpHeader, mark));
                }
                catch (SocketException refused) when (++errors < ErrorLimit)
                {
                    problem ??= refused.Message;
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // What has come counts.
        }
    }

    private void Take(ushort? sequence)
    {
        // A reply that comes twice is one reply.
        if (sequence is not { } number || number >= count || took[number] > TimeSpan.Zero)
            return;
        TimeSpan time = clock.GetElapsedTime(sentAt[number]);
        took[number] = time > TimeSpan.Zero ? time : new TimeSpan(1);
        received++;
        answered.TrySetResult();
    }
}
