using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Uptrakit.Tests.Shared.Tls;

/// <summary>
/// A TLS server that sends whatever certificates it is told to (<c>openssl s_server -cert_chain</c>, for .NET refuses to
/// misbehave), answers requests by their path, and keeps every application byte that it got.
/// </summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly ScratchFolder folder;
    private readonly Func<string, byte[]> answers;
    private readonly StringBuilder received = new();
    private readonly List<string> requests = [];
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task serving;

    private HostileServer(Process process, ScratchFolder folder, int port, Func<string, byte[]> answers)
    {
        this.process = process;
        this.folder = folder;
        this.answers = answers;
        Port = port;
        serving = ServeAsync();
    }

    public int Port { get; }

    /// <summary>All that the server could decrypt.</summary>
    public string Received
    {
        get
        {
            lock (received)
                return received.ToString();
        }
    }

    /// <summary>The first lines of the requests.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (received)
                return [.. requests];
        }
    }

    /// <summary>The whole of what a connection that nobody verified sends: it tells who is called, and nothing else.</summary>
    public string BundleRequest => $"GET /api/v1/pki/ca.crt HTTP/1.1\r\nHost: localhost:{Port}\r\n\r\n";

    /// <summary>Ends with the first request.</summary>
    public Task Asked => asked.Task;

    public static bool IsAvailable => File.Exists("/usr/bin/openssl");

    public static async Task<HostileServer> StartAsync(
        X509Certificate2 leaf,
        IReadOnlyList<X509Certificate2> chain,
        Func<string, byte[]> answers,
        params string[] extra
    )
    {
        Assert.SkipUnless(IsAvailable, "openssl is not installed");
        ScratchFolder folder = new();
        string cert = Path.Combine(folder.Path, "leaf.pem");
        string key = Path.Combine(folder.Path, "leaf.key");
        string more = Path.Combine(folder.Path, "chain.pem");
        await File.WriteAllTextAsync(cert, leaf.ExportCertificatePem());
        await File.WriteAllTextAsync(key, KeyOf(leaf));
        await File.WriteAllTextAsync(more, string.Concat(chain.Select(c => c.ExportCertificatePem() + "\n")));

        ProcessStartInfo start = new("/usr/bin/openssl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "s_server",
            "-quiet",
            "-accept",
            "127.0.0.1:0",
            "-cert",
            cert,
            "-key",
            key,
            "-cipher",
            "DEFAULT@SECLEVEL=0",
            .. chain.Count > 0 ? new[] { "-cert_chain", more } : [],
            .. extra,
        ];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        int port = await ListeningPort.OfAsync(process, StartDeadline);
        return new HostileServer(process, folder, port, answers);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        await serving;
        process.Dispose();
        folder.Dispose();
    }

    private static string KeyOf(X509Certificate2 leaf) =>
        leaf.GetECDsaPrivateKey()?.ExportPkcs8PrivateKeyPem() ?? leaf.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem();

    private async Task ServeAsync()
    {
        byte[] buffer = new byte[4096];
        StringBuilder pending = new();
        Stream output = process.StandardOutput.BaseStream;
        Stream input = process.StandardInput.BaseStream;
        while (await output.ReadAsync(buffer) is > 0 and int read)
        {
            string text = Encoding.Latin1.GetString(buffer, 0, read);
            pending.Append(text);
            lock (received)
                received.Append(text);
            while (pending.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and int end)
            {
                string request = pending.ToString(0, end);
                pending.Remove(0, end + 4);
                lock (received)
                    requests.Add(request.Split("\r\n")[0]);
                asked.TrySetResult();
                await input.WriteAsync(answers(request.Split(' ')[1]));
                await input.FlushAsync();
            }
        }
    }
}
