using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Uptrakit.Tests.Alerts.Mail;

/// <summary>A mail server on loopback that says what a test wants it to say.</summary>
internal sealed class FakeSmtp : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> talks = [];
    private readonly Task loop;
    private int connections;

    internal FakeSmtp()
    {
        listener.Start();
        loop = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    internal int Connections => Volatile.Read(ref connections);

    /// <summary>With its key; null: no TLS.</summary>
    internal X509Certificate2? Certificate { get; init; }

    internal bool ImplicitTls { get; init; }

    internal string Greeting { get; init; } = "220 fake ESMTP";

    /// <summary>What EHLO is answered with, beside STARTTLS where there is a certificate.</summary>
    internal IReadOnlyList<string> Offers { get; init; } = ["PIPELINING", "8BITMIME", "AUTH PLAIN LOGIN"];

    internal bool OffersStartTls { get; init; } = true;

    /// <summary>In place of the usual answer to a line; null: the usual one. Empty: none. A line break at its end makes it whole.</summary>
    internal Func<string, string?> Answer { get; set; } = _ => null;

    /// <summary>In place of everything.</summary>
    internal Func<Stream, CancellationToken, Task>? Behave { get; init; }

    /// <summary>All lines of commands, over all connections; those over TLS have a "* " in front.</summary>
    internal ConcurrentQueue<string> Heard { get; } = new();

    internal ConcurrentQueue<string> Mails { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        listener.Stop();
        await Task.WhenAll(talks);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptSocketAsync(stop.Token);
                Interlocked.Increment(ref connections);
                talks.Add(TalkAsync(socket));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Done.
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        await using NetworkStream plain = new(socket, ownsSocket: true);
        try
        {
            if (Behave is not null)
                await Behave(plain, stop.Token);
            else
                await TalkAsync(ImplicitTls ? await EncryptAsync(plain) : plain, ImplicitTls);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client had enough.
        }
    }

    private async Task<Stream> EncryptAsync(Stream plain)
    {
        SslStream secure = new(plain);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                // Offline: else this side fetches what the certificate names.
                ServerCertificateContext = SslStreamCertificateContext.Create(Certificate!, null, offline: true),
            },
            stop.Token);
        return secure;
    }

    private async Task TalkAsync(Stream stream, bool secure)
    {
        await SayAsync(stream, Greeting);
        while (await LineAsync(stream) is { } line)
        {
            Heard.Enqueue((secure ? "* " : "") + line);
            string verb = line.Split(' ')[0].ToUpperInvariant();
            if (Answer(line) is { } scripted)
            {
                await SayAsync(stream, scripted);
                // As a server that takes the command goes on.
                if (verb == "DATA" && scripted.StartsWith('3'))
                    await MailAsync(stream);
                continue;
            }

            switch (verb)
            {
                case "EHLO":
                    string[] offers = [.. Offers, .. Certificate is not null && !secure && OffersStartTls ? ["STARTTLS"] : Array.Empty<string>()];
                    await SayAsync(stream, string.Concat(offers.Select(o => $"250-{o}\r\n")) + "250 HELP");
                    break;
                case "STARTTLS":
                    await SayAsync(stream, "220 go ahead");
                    await TalkTlsAsync(stream);
                    return;
                case "AUTH":
                    await SayAsync(stream, line == "AUTH PLAIN AGtpbQBnZWhlaW00Mg==" ? "235 welcome" : "535 no");
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go on");
                    await MailAsync(stream);
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return;
                default:
                    await SayAsync(stream, "250 ok");
                    break;
            }
        }
    }

    private async Task TalkTlsAsync(Stream plain)
    {
        Stream secure = await EncryptAsync(plain);
        // After STARTTLS there is no greeting.
        await TalkOnAsync(secure);
    }

    private Task TalkOnAsync(Stream secure) => TalkAsync(new Ungreeted(secure), secure: true);

    private async Task MailAsync(Stream stream)
    {
        StringBuilder mail = new();
        while (await LineAsync(stream) is { } line && line != ".")
            mail.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append('\n');
        string? answer = Answer("<mail>");
        if (answer is null)
            Mails.Enqueue(mail.ToString());
        await SayAsync(stream, answer ?? "250 queued");
    }

    private Task SayAsync(Stream stream, string words) => words.Length == 0
        ? Task.CompletedTask
        : stream.WriteAsync(Encoding.UTF8.GetBytes(words.EndsWith('\n') ? words : words + "\r\n"), stop.Token).AsTask();

    private async Task<string?> LineAsync(Stream stream)
    {
        List<byte> line = [];
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, stop.Token) == 1)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }

        return null;
    }

    /// <summary>Swallows the first thing that is written: the greeting.</summary>
    private sealed class Ungreeted(Stream inner) : Stream
    {
        private bool greeted;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            bool first = !greeted;
            greeted = true;
            return first ? ValueTask.CompletedTask : inner.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
