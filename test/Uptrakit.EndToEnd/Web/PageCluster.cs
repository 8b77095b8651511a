using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Web;

/// <summary>Three real nodes that serve their pages.</summary>
public sealed class PageCluster : IAsyncLifetime
{
    public const string Token = "correct-horse-battery-staple";
    private readonly Dictionary<TestNode, Uri> addresses = [];

    internal TestCluster Cluster { get; private set; } = null!;

    internal Uri AddressOf(TestNode node) => addresses[node];

    public async ValueTask InitializeAsync() => Cluster = await TestCluster.FoundOnAsync(
        cluster => [.. Enumerable.Range(0, 3).Select(_ => Place(cluster.NewNode()))], TestContext.Current.CancellationToken);

    /// <summary>A program that has the token.</summary>
    internal HttpClient ClientOf(TestNode node, bool withToken = true) => new() { BaseAddress = AddressOf(node), DefaultRequestHeaders = { Authorization = withToken ? new("Bearer", Token) : null } };

    public async ValueTask DisposeAsync()
    {
        if (Cluster is not null)
            await Cluster.DisposeAsync();
    }

    private TestNode Place(TestNode node)
    {
        string file = Path.Combine(Path.GetDirectoryName(node.Folder)!, "token");
        File.WriteAllText(file, Token);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        addresses[node] = new Uri($"http://127.0.0.1:{Ports.Free()}/");
        node.Variables["QUPTIME_HTTP"] = addresses[node].Authority;
        node.Variables["QUPTIME_HTTP_TOKEN_FILE"] = file;
        return node;
    }
}
