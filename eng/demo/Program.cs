using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Demo;

/// <summary>What the demonstration needs beside `qu`: free ports, somebody who receives alerts, and a web server where nginx is missing.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["ports", string count]:
                Console.WriteLine(string.Join(' ', FreePorts(int.Parse(count, CultureInfo.InvariantCulture))));
                return 0;
            case ["receiver", string port, string file]:
                await using (AlertReceiver receiver = new(file))
                    await ServeAsync(port, receiver.TakeAsync);
                return 0;
            case ["web", string port]:
                await ServeAsync(port, static _ => Task.FromResult(HttpStatusCode.OK));
                return 0;
            default:
                await Console.Error.WriteLineAsync("usage: demo-parts ports <count> | receiver <port> <file> | web <port>");
                return 2;
        }
    }

    /// <summary>All are held until the last is found, so that no two are the same.</summary>
    private static int[] FreePorts(int count)
    {
        TcpListener[] held = [.. Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in held)
            listener.Start();
        int[] ports = [.. held.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in held)
            listener.Dispose();
        return ports;
    }

    private static async Task ServeAsync(string port, Func<HttpListenerRequest, Task<HttpStatusCode>> answer)
    {
        using HttpListener listener = new();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        while (true)
        {
            HttpListenerContext context = await listener.GetContextAsync();
            try
            {
                context.Response.StatusCode = (int)await answer(context.Request);
                context.Response.Close();
            }
            catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException)
            {
                // The caller hung up: its affair.
            }
        }
    }
}
