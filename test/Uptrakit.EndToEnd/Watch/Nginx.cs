using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>A real nginx in a folder of its own.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);
    private readonly ScratchFolder folder = new();
    private readonly LoggedProcess process = new("nginx");

    public static void SkipWhereMissing() => Assert.SkipUnless(File.Exists(Program), "nginx is not installed (Debian: nginx-light)");

    /// <summary>The requests that it has answered, as "status request".</summary>
    public IReadOnlyList<string> Requests => File.Exists(folder["access.log"]) ? File.ReadAllLines(folder["access.log"]) : [];

    public void Write(string name, string text) => File.WriteAllText(folder[name], text);

    /// <summary>As name.pem and name.key.</summary>
    public void Write(string name, X509Certificate2 leaf)
    {
        using ECDsa key = leaf.GetECDsaPrivateKey()!;
        Write($"{name}.pem", leaf.ExportCertificatePem());
        Write($"{name}.key", key.ExportPkcs8PrivateKeyPem());
    }

    /// <param name="servers">The server blocks; names of files are those of <see cref="Write(string, string)"/>.</param>
    /// <param name="port">One that it listens on; 0 where we cannot reach it.</param>
    /// <param name="networkNamespace">Where it runs; null: here.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task StartAsync(string servers, int port, CancellationToken cancel, string? networkNamespace = null)
    {
        string root = folder.Path;
        Write("nginx.conf", $$"""
            daemon off;
            master_process off;
            pid {{root}}/pid;
            error_log {{root}}/error.log warn;
            events { worker_connections 512; }
            http {
              log_format line '$status $request';
              access_log {{root}}/access.log line;
              root {{root}};
              client_body_temp_path {{root}}/t1;
              proxy_temp_path {{root}}/t2;
              fastcgi_temp_path {{root}}/t3;
              uwsgi_temp_path {{root}}/t4;
              scgi_temp_path {{root}}/t5;
              {{servers}}
            }

            """);
        string[] line = [Program, "-p", root, "-c", folder["nginx.conf"], "-e", folder["error.log"]];
        string[] whole = networkNamespace is null ? line : ["ip", "netns", "exec", networkNamespace, .. line];
        process.Launch(new ProcessStartInfo(whole[0], whole[1..]) { WorkingDirectory = root });
        await process.UntilAsync("nginx listens", async token => networkNamespace is null ? await AnswersAsync(port, token) : File.Exists(folder["pid"]), StartTime, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancel)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
