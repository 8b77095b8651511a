using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Bench;

/// <summary>Where a run keeps its files and what it listens on.</summary>
internal sealed class Places : IDisposable
{
    /// <summary>On the disk of the repository: a /tmp in memory would flush nothing.</summary>
    public string Root { get; } = Directory.CreateDirectory(Path.Combine(Environment.CurrentDirectory, "artifacts", "bench-data", Environment.ProcessId.ToString())).FullName;

    /// <summary>Short, because the path of a unix socket may have 107 bytes.</summary>
    public string Sockets { get; } = Directory.CreateTempSubdirectory("qub").FullName;

    public static string Qu { get; } = Environment.GetEnvironmentVariable("QU") is { Length: > 0 } qu ? Path.GetFullPath(qu) : Path.GetFullPath("artifacts/dist/qu");

    public static string? Etcd { get; } = new[] { "/usr/bin/etcd", "/usr/local/bin/etcd" }.FirstOrDefault(File.Exists);

    public static int[] FreePorts(int count)
    {
        TcpListener[] held = [.. Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in held)
            listener.Start();
        int[] ports = [.. held.Select(static l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (TcpListener listener in held)
            listener.Dispose();
        return ports;
    }

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        Directory.Delete(Sockets, recursive: true);
    }
}
