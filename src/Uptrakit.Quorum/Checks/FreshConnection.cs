using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Quorum.Checks;

/// <summary>The one connection of one HTTP request: where it may go, and its end.</summary>
/// <remarks>
/// The HTTP handler lets a connection attempt live on for seconds after its request was given up. Whoever disposes this
/// knows that the descriptor is gone.
/// </remarks>
internal sealed class FreshConnection(IReadOnlyList<IPAddress> addresses, CancellationToken cancel) : IDisposable
{
    internal static readonly HttpRequestOptionsKey<FreshConnection> Key = new("connection");

    private readonly Lock gate = new();
    private Socket? socket;
    private bool ended;

    /// <summary>Already judged: nothing else is dialled, whatever a name server says a moment later.</summary>
    internal IReadOnlyList<IPAddress> Addresses => addresses;

    internal CancellationToken Cancel => cancel;

    internal void Attach(Socket connected)
    {
        lock (gate)
        {
            if (!ended)
            {
                socket = connected;
                return;
            }
        }

        connected.Dispose();
        throw new OperationCanceledException("the request has ended", cancel);
    }

    public void Dispose()
    {
        lock (gate)
            ended = true;
        socket?.Dispose();
    }
}
