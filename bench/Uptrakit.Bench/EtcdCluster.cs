using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Uptrakit.Bench.Etcd;

namespace Uptrakit.Bench;

/// <summary>The yardstick: three processes of Debian's etcd on loopback, mutual TLS for peers and clients, flushing as by default.</summary>
internal sealed class EtcdCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly KV.KVClient[] stores;
    private readonly Maintenance.MaintenanceClient[] maintenance;
    private readonly GrpcChannel[] channels;
    private readonly X509Certificate2 certificate;
    private readonly byte[] value;
    private int next;

    /// <param name="places">Where its data goes.</param>
    /// <param name="name">Of its folder there.</param>
    /// <param name="size">Bytes of a value.</param>
    public EtcdCluster(Places places, string name, int size)
    {
        value = RandomNumberGenerator.GetBytes(size);
        string folder = Directory.CreateDirectory(Path.Combine(places.Root, name)).FullName;
        certificate = MakeCertificate(folder);
        int[] ports = Places.FreePorts(6);
        string all = string.Join(',', Enumerable.Range(0, 3).Select(i => $"e{i}=https://127.0.0.1:{ports[3 + i]}"));
        Nodes = [.. Enumerable.Range(0, 3).Select(i => new Child(Places.Etcd!, Arguments(folder, i, ports, all), Path.Combine(folder, $"e{i}.log")))];
        channels = [.. ports.Take(3).Select(Open)];
        stores = [.. channels.Select(static c => new KV.KVClient(c))];
        maintenance = [.. channels.Select(static c => new Maintenance.MaintenanceClient(c))];
    }

    public IReadOnlyList<Child> Nodes { get; }

    public async Task StartAsync()
    {
        foreach (Child node in Nodes)
            node.Start();
        await LeaderAsync();
    }

    /// <summary>The number of the node that leads: the one whose own id is the leader's.</summary>
    public async Task<int> LeaderAsync()
    {
        for (Deadline deadline = new(Patience); ; await deadline.PauseAsync("etcd has no leader"))
        {
            for (int i = 0; i < Nodes.Count; i++)
            {
                if (await StatusAsync(i) is { Leader: not 0 } status && status.Leader == status.Header.MemberId)
                    return i;
            }
        }
    }

    /// <summary>Until every node follows the leader.</summary>
    public async Task SettleAsync()
    {
        for (int i = 0; i < Nodes.Count; i++)
        {
            for (Deadline deadline = new(Patience); await StatusAsync(i) is not { Leader: not 0 }; await deadline.PauseAsync("etcd did not settle"))
            {
            }
        }
    }

    public async Task<bool> PutAsync(int node, double seconds)
    {
        try
        {
            PutRequest request = new() { Key = ByteString.CopyFromUtf8($"k{Interlocked.Increment(ref next) % 10}"), Value = UnsafeByteOperations.UnsafeWrap(value) };
            await stores[node].PutAsync(request, deadline: After(seconds));
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (Child node in Nodes)
            node.Dispose();
        foreach (GrpcChannel channel in channels)
            channel.Dispose();
        certificate.Dispose();
    }

    private async Task<StatusResponse?> StatusAsync(int node)
    {
        try
        {
            return Nodes[node].Running ? await maintenance[node].StatusAsync(new StatusRequest(), deadline: After(1)) : null;
        }
        catch (RpcException)
        {
            return null;
        }
    }

    private static DateTime After(double seconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds);

    private static string[] Arguments(string folder, int i, int[] ports, string all)
    {
        string[] trust = [Path.Combine(folder, "c.pem"), Path.Combine(folder, "k.pem")];
        return [
            "--name", $"e{i}", "--data-dir", Path.Combine(folder, $"e{i}"), "--log-level", "error",
            "--listen-client-urls", $"https://127.0.0.1:{ports[i]}", "--advertise-client-urls", $"https://127.0.0.1:{ports[i]}",
            "--listen-peer-urls", $"https://127.0.0.1:{ports[3 + i]}", "--initial-advertise-peer-urls", $"https://127.0.0.1:{ports[3 + i]}",
            "--initial-cluster", all, "--initial-cluster-state", "new",
            "--client-cert-auth", "--cert-file", trust[0], "--key-file", trust[1], "--trusted-ca-file", trust[0],
            "--peer-client-cert-auth", "--peer-cert-file", trust[0], "--peer-key-file", trust[1], "--peer-trusted-ca-file", trust[0],
        ];
    }

    private GrpcChannel Open(int port) => GrpcChannel.ForAddress($"https://127.0.0.1:{port}", new GrpcChannelOptions
    {
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(20),
        MaxReconnectBackoff = TimeSpan.FromMilliseconds(100),
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [certificate],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { certificate },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
            },
        },
    });

    private static X509Certificate2 MakeCertificate(string folder)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=etcd", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        File.WriteAllText(Path.Combine(folder, "c.pem"), made.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "k.pem"), key.ExportPkcs8PrivateKeyPem());
        // A key in memory only is not offered to the server; one that went through PKCS#12 is.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
