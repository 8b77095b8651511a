using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Digests;

namespace Uptrakit.EndToEnd.Web;

/// <summary>The pages over HTTPS with the node's own key, which whoever reads them can compare with what `qu trust list` of another node shows.</summary>
public sealed class OwnCertificateTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_WithHttpTls_AreServedWithTheNodesOwnKey_AlsoAfterItWasRotated()
    {
        using ScratchFolder scratch = new();
        await using TestNode node = new(scratch["n"], "node");
        int port = Ports.Free();
        (await node.InitAsync(Cancel)).Expect(0);
        await File.AppendAllTextAsync(Path.Combine(node.Folder, "node.yaml"), $"http: 127.0.0.1:{port}\nhttp_tls: true\n", Cancel);
        await node.StartAsync(Cancel);
        await Until.TrueAsync("it leads", async c => (await node.StatusAsync(c)).Role == "leader", TimeSpan.FromSeconds(30), Cancel);

        // What the others pin, and `qu trust list` shows there.
        string first = SpkiFingerprint.Of(X509CertificateLoader.LoadCertificateFromFile(Path.Combine(node.Folder, "keys", "cert.pem"))).ToPrefixedString();
        // The control socket answers a moment before the pages do.
        await Until.TrueAsync("the pages have its key", async _ => (await ReadAsync(port, first)).Contains("Nothing is watched here", StringComparison.Ordinal), TimeSpan.FromSeconds(30), Cancel);

        JsonElement rotated = (await node.RunAsync(Cancel, "node", "rotate-key", "--json")).Expect(0).Json();
        string second = rotated.GetProperty("new_fingerprint").GetString()!;
        Assert.Equal(first, rotated.GetProperty("old_fingerprint").GetString());
        await Until.TrueAsync("the pages have the new key", async _ => (await ReadAsync(port, second)).Length > 0, TimeSpan.FromSeconds(30), Cancel);
        Assert.Empty(await ReadAsync(port, first));
    }

    /// <summary>The page, by a reader who demands that key; nothing when another one is shown, or nobody is there.</summary>
    private static async Task<string> ReadAsync(int port, string key)
    {
        using SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, leaf, _, _) => leaf is X509Certificate2 shown && SpkiFingerprint.Of(shown).ToPrefixedString() == key,
            },
        };
        using HttpClient client = new(handler);
        try
        {
            return await client.GetStringAsync($"https://127.0.0.1:{port}/", Cancel);
        }
        catch (HttpRequestException refused) when (refused.InnerException is AuthenticationException or SocketException)
        {
            return "";
        }
    }
}
