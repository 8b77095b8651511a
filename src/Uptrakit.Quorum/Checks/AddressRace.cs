using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Quorum.Checks;

/// <summary>Opens one TCP connection.</summary>
internal delegate ValueTask<Socket> Dial(IPEndPoint address, CancellationToken cancel);

/// <summary>Connects to the first of several addresses that answers.</summary>
/// <remarks>RFC 8305: the next address gets its chance after 250 ms, or at once when the one before has failed.</remarks>
internal sealed class AddressRace(TimeProvider clock, Dial? dial = null)
{
    private static readonly TimeSpan s_headStart = TimeSpan.FromMilliseconds(250);

    private readonly Dial dial = dial ?? DialAsync;

    /// <exception cref="SocketException">Every address failed; the first failure is the one told.</exception>
    internal ValueTask<Socket> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancel) =>
        addresses.Count == 1
            ? dial(new IPEndPoint(addresses[0], port), cancel)
            : RaceAsync(addresses, port, cancel);

    private async ValueTask<Socket> RaceAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancel)
    {
        using CancellationTokenSource race = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        List<Task<Socket>> running = [];
        SocketException? first = null;
        int next = 0;
        try
        {
            while (next < addresses.Count || running.Count > 0)
            {
                if (next < addresses.Count)
                    running.Add(dial(new IPEndPoint(addresses[next++], port), race.Token).AsTask());

                Task<Socket>? done = await NextAsync(running, next < addresses.Count, race.Token);
                if (done is null)
                    continue;

                running.Remove(done);
                try
                {
                    return await done;
                }
                catch (SocketException failure)
                {
                    first ??= failure;
                }
            }
        }
        finally
        {
            await race.CancelAsync();
            foreach (Task<Socket> loser in running)
                _ = DropAsync(loser);
        }

        throw first ?? new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<Task<Socket>?> NextAsync(List<Task<Socket>> running, bool more, CancellationToken cancel)
    {
        if (!more)
            return await Task.WhenAny(running);

        using CancellationTokenSource pause = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task headStart = Task.Delay(s_headStart, clock, pause.Token);
        Task done = await Task.WhenAny([.. running, headStart]);
        await pause.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return done as Task<Socket>;
    }

    private static async Task DropAsync(Task<Socket> loser)
    {
        try
        {
            (await loser).Dispose();
        }
        catch (Exception late) when (late is SocketException or OperationCanceledException)
        {
            // It lost anyway.
        }
    }

    private static async ValueTask<Socket> DialAsync(IPEndPoint address, CancellationToken cancel)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
