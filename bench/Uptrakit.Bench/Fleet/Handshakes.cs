using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Bench.Fleet;

/// <summary>What a full handshake (TLS 1.3, P-256) costs the Controller, and what it costs nginx: one certificate, one client, in turn.</summary>
internal static class Handshakes
{
    private const string Name = "uptrakit bench";
    private const int AtOnce = 4;
    private const int Warming = 4000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(Places places, Report report, int rounds, int each)
    {
        if (Nginx.File is null)
        {
            report.Add(new("CPU of the server per full TLS 1.3 handshake", "≤ 2.5 × nginx", "", "nginx is not installed", "", null));
            return;
        }

        (string certificate, string key) = Certify(places);
        using Hub hub = new(places, "h", "--tls-cert", certificate, "--tls-key", key);
        await hub.StartAsync();
        int port = Places.FreePorts(1)[0];
        using Child nginx = TlsServer.Make(places, port, certificate, key);
        nginx.Start();
        await MeasureAsync(hub.Process, hub.Address.Port, Warming);
        await MeasureAsync(nginx, port, Warming / 10);

        List<double> ours = [];
        List<double> theirs = [];
        for (int round = 0; round < rounds; round++)
        {
            ours.Add(await MeasureAsync(hub.Process, hub.Address.Port, each));
            theirs.Add(await MeasureAsync(nginx, port, each));
        }

        double ratio = ours.Sum() / theirs.Sum();
        report.Add(new($"CPU of the server per full TLS 1.3 handshake, {rounds} × {each}", "≤ 2.5 × nginx", $"{ours.Average():0.00} ms",
            $"nginx {theirs.Average():0.00} ms", $"{ratio:0.00}", ratio <= 2.5));
    }

    /// <summary>Milliseconds of the server's CPU for one.</summary>
    private static async Task<double> MeasureAsync(Child server, int port, int count)
    {
        await AnswersAsync(port);
        double before = server.Usage().Cpu;
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (_, cancel) => await ShakeAsync(port, cancel));
        return (server.Usage().Cpu - before) / count * 1000;
    }

    /// <summary>One handshake, from the connection to the server's end of it, so that all that it costs has been spent.</summary>
    private static async Task ShakeAsync(int port, CancellationToken cancel)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Patience);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
        await using SslStream stream = new(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(ServerTls.ClientOptions(
            "127.0.0.1", [SslApplicationProtocol.Http11], static (leaf, _) => leaf?.GetNameInfo(X509NameType.SimpleName, false) == Name), deadline.Token);
        await stream.ShutdownAsync();
        if (await stream.ReadAsync(new byte[1], deadline.Token) != 0)
            throw new InvalidOperationException("the server said something that nobody asked for");
        socket.LingerState = new LingerOption(true, 0); // thousands of ports would wait otherwise
    }

    private static async Task AnswersAsync(int port)
    {
        for (Deadline deadline = new(Patience); ; await deadline.PauseAsync($"nobody answers at port {port}"))
        {
            try
            {
                await ShakeAsync(port, CancellationToken.None);
                return;
            }
            catch (SocketException)
            {
                // It is starting.
            }
        }
    }

    /// <summary>One certificate, as files for both.</summary>
    private static (string Certificate, string Key) Certify(Places places)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={Name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 leaf = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));

        string certificateFile = Path.Combine(places.Root, "server.crt");
        string keyFile = Path.Combine(places.Root, "server.key");
        File.WriteAllText(certificateFile, leaf.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return (certificateFile, keyFile);
    }
}
