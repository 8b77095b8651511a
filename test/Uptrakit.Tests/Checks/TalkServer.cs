using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Uptrakit.Tests.Checks;

/// <summary>A TCP server on loopback whose whole conversation is the test's.</summary>
internal sealed class TalkServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<NetworkStream, CancellationToken, Task> talk;
    private readonly Task loop;

    internal TalkServer(Func<NetworkStream, CancellationToken, Task> talk)
    {
        this.talk = talk;
        listener.Start(128);
        loop = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    internal string Place => $"127.0.0.1:{Port}";

    /// <summary>A server of TLS that says nothing afterwards.</summary>
    internal static TalkServer Of(X509Certificate2 leaf) => new((stream, cancel) => EncryptAsync(stream, leaf, cancel));

    internal static async Task EncryptAsync(NetworkStream stream, X509Certificate2 leaf, CancellationToken cancel)
    {
        await using SslStream secure = new(stream, leaveInnerStreamOpen: true);
        SslServerAuthenticationOptions options = new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, null, offline: true),
        };
        await secure.AuthenticateAsServerAsync(options, cancel);
        _ = await secure.ReadAsync(new byte[1], cancel);
    }

    /// <summary>Says a line and waits for one.</summary>
    internal static async Task<string> AskAsync(NetworkStream stream, string line, CancellationToken cancel)
    {
        await SayAsync(stream, line, cancel);
        List<byte> answer = [];
        byte[] one = new byte[1];
        while (one[0] != '\n')
        {
            await stream.ReadExactlyAsync(one, cancel);
            answer.Add(one[0]);
        }

        return Encoding.Latin1.GetString([.. answer]).TrimEnd();
    }

    internal static async Task SayAsync(NetworkStream stream, string text, CancellationToken cancel) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancel);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        listener.Stop();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> running = [];
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptSocketAsync(stop.Token);
                running.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        try
        {
            await talk(stream, stop.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or AuthenticationException)
        {
            // The client had enough.
        }
    }
}
