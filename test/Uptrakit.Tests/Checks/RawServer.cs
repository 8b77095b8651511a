using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Uptrakit.Tests.Checks;

/// <summary>An HTTP server that says exactly what a test wants it to say, on loopback.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly Func<RawRequest, Stream, CancellationToken, Task> answer;
    private readonly Func<NetworkStream, Task<Stream>> wrap;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private int connections;

    internal RawServer(Func<RawRequest, Stream, CancellationToken, Task> answer, Func<NetworkStream, Task<Stream>>? wrap = null)
    {
        this.answer = answer;
        this.wrap = wrap ?? (plain => Task.FromResult<Stream>(plain));
        listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(512);
        loop = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    internal string Url => $"http://127.0.0.1:{Port}/";

    internal int Connections => Volatile.Read(ref connections);

    internal ConcurrentQueue<RawRequest> Requests { get; } = new();

    internal static RawServer Saying(int status, string body = "", params string[] headers) =>
        new((_, stream, cancel) => ReplyAsync(stream, status, body, headers, cancel));

    internal static async Task ReplyAsync(Stream stream, int status, string body, string[] headers, CancellationToken cancel)
    {
        string lines = string.Concat(headers.Select(h => h + "\r\n"));
        byte[] content = Encoding.UTF8.GetBytes(body);
        byte[] head = Encoding.UTF8.GetBytes($"HTTP/1.1 {status} X\r\n{lines}Content-Length: {content.Length}\r\n\r\n");
        await stream.WriteAsync(head, cancel);
        await stream.WriteAsync(content, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        listener.Stop();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        ConcurrentDictionary<Task, bool> running = new();
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptSocketAsync(stop.Token);
                Interlocked.Increment(ref connections);
                Task task = ServeAsync(socket);
                running.TryAdd(task, true);
                _ = task.ContinueWith(t => running.TryRemove(t, out _), TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running.Keys);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        try
        {
            Stream outer = await wrap(stream);
            RawRequest request = await ReadAsync(outer);
            Requests.Enqueue(request);
            await answer(request, outer, stop.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client had enough.
        }
    }

    private async Task<RawRequest> ReadAsync(Stream stream)
    {
        List<byte> bytes = [];
        byte[] one = new byte[1];
        while (!(bytes.Count > 3 && bytes[^1] == '\n' && bytes[^3] == '\n'))
        {
            await stream.ReadExactlyAsync(one, stop.Token);
            bytes.Add(one[0]);
        }

        string head = Encoding.ASCII.GetString([.. bytes]);
        string? length = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        byte[] body = new byte[length is null ? 0 : int.Parse(length.AsSpan(15), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stop.Token);
        return new RawRequest(head, body);
    }
}

internal sealed record RawRequest(string Head, byte[] Body)
{
    internal string Path => Head.Split(' ')[1];

    internal string? Header(string name) => Head.Split("\r\n")
        .Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(l => l[(name.Length + 1)..].Trim()).FirstOrDefault();
}
