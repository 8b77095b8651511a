using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>One request as it came in.</summary>
internal sealed record RawRequest(TimeSpan At, string Head, string Body)
{
    public string Path => Head.Split(' ')[1];

    public string Message => HeaderOf("X-Uptrakit-Message");

    public string HeaderOf(string name) => Head.Split("\r\n").FirstOrDefault(line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..] ?? "";

    /// <summary>Whether it is about such a change.</summary>
    public bool Says(string verb) => Body.Contains($"\"verb\":\"{verb}\"", StringComparison.Ordinal);
}

/// <summary>A server that answers byte for byte what it is told, or never, and counts all that reaches it.</summary>
internal sealed class RawReceiver : IDisposable
{
    private readonly TcpListener listener;
    private readonly Func<RawRequest, int, byte[]?> answer;
    private readonly TimeSpan pause;
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentQueue<RawRequest> requests = new();
    private readonly long begin = TimeProvider.System.GetTimestamp();
    private long bytes;
    private int connections;

    /// <param name="answer">To a request, and how many came before it; null: none, and the connection stays open.</param>
    /// <param name="host">The address that it listens on.</param>
    /// <param name="pause">How long it takes for an answer.</param>
    public RawReceiver(Func<RawRequest, int, byte[]?> answer, string host = "127.0.0.1", TimeSpan pause = default)
    {
        this.answer = answer;
        this.pause = pause;
        listener = new TcpListener(IPAddress.Parse(host), 0);
        listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{listener.LocalEndpoint}/";

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public long Bytes => Interlocked.Read(ref bytes);

    public int Connections => Volatile.Read(ref connections);

    public IReadOnlyList<RawRequest> Requests => [.. requests];

    public IReadOnlyList<RawRequest> Of(string verb) => [.. requests.Where(request => request.Says(verb))];

    public static byte[] Answer(string status, params string[] headers) =>
        Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(static header => header + "\r\n"))}Content-Length: 0\r\nConnection: close\r\n\r\n");

    public void Dispose()
    {
        ended.Cancel();
        listener.Dispose();
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken cancel = ended.Token;
        try
        {
            while (true)
            {
                Socket caller = await listener.AcceptSocketAsync(cancel);
                Interlocked.Increment(ref connections);
                _ = ServeAsync(caller, cancel);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket caller, CancellationToken cancel)
    {
        try
        {
            await using NetworkStream stream = new(caller, ownsSocket: true);
            if (await ReadAsync(stream, cancel) is not { } request)
                return;
            int before = requests.Count;
            requests.Enqueue(request);
            await Task.Delay(pause, cancel);
            byte[]? told = answer(request, before);
            if (told is null)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            else
                await stream.WriteAsync(told, cancel);
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            // The caller has gone, or the test is over.
        }
    }

    private async Task<RawRequest?> ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        byte[] buffer = new byte[64 * 1024];
        int held = 0;
        while (await stream.ReadAsync(buffer.AsMemory(held), cancel) is > 0 and int read)
        {
            Interlocked.Add(ref bytes, read);
            held += read;
            string text = Encoding.UTF8.GetString(buffer, 0, held);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                continue;
            RawRequest request = new(TimeProvider.System.GetElapsedTime(begin), text[..end], text[(end + 4)..]);
            _ = int.TryParse(request.HeaderOf("Content-Length"), out int length);
            if (Encoding.UTF8.GetByteCount(request.Body) >= length)
                return request;
        }

        return null;
    }
}
