using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Tls;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>One node that all tests of real targets and receivers share, with an authority that it trusts and secrets in its variables.</summary>
public sealed class WatchedNode : IAsyncDisposable
{
    public const string WebPassword = "pass wörd 1";
    public const string BearerToken = "t0ken.of-a_probe";
    public const string MailPassword = "s3cret of the mailer";
    private TestCluster? cluster;

    internal TestNode Node => cluster!.Nodes[0];

    /// <summary>What the node takes for the roots of its system.</summary>
    internal TestCa Ca { get; } = TestCa.Root("Test Web Root", TimeProvider.System.GetUtcNow().AddDays(-30), TimeProvider.System.GetUtcNow().AddDays(400));

    /// <summary>The node, without checks and alerts of others.</summary>
    internal async Task<TestNode> ReadyAsync(CancellationToken cancel)
    {
        if (cluster is null)
            cluster = await TestCluster.FoundOnAsync(Place, cancel);
        else
            await cluster.EmptyAsync(cancel);
        return Node;
    }

    /// <summary>A file that the daemon may read a secret from.</summary>
    /// <returns>As it is given to an option.</returns>
    internal string Secret(string name, string text)
    {
        string folder = Path.Combine(Node.Folder, "secrets");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return $"file:{path}";
    }

    internal string Logs() => cluster?.Logs() ?? "";

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
    }

    private IReadOnlyList<TestNode> Place(TestCluster founded)
    {
        string roots = Path.Combine(founded.Root, "roots.pem");
        File.WriteAllText(roots, Ca.Certificate.ExportCertificatePem());
        string none = Directory.CreateDirectory(Path.Combine(founded.Root, "no-roots")).FullName;
        TestNode node = founded.NewNode();
        node.Variables["SSL_CERT_FILE"] = roots;
        node.Variables["SSL_CERT_DIR"] = none;
        node.Variables["QUPTIME_SECRET_WEB"] = WebPassword;
        node.Variables["QUPTIME_SECRET_BEARER"] = BearerToken;
        node.Variables["QUPTIME_SECRET_MAIL"] = MailPassword;
        return [node];
    }
}

/// <summary>Beside the tests of the fleet: nothing here counts seconds of silence.</summary>
[CollectionDefinition(nameof(WatchedNode))]
public sealed class WatchedNodeTests : ICollectionFixture<WatchedNode>;
