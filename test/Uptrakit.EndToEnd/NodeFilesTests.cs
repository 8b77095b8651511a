using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>What a node makes of its files and variables at start.</summary>
[Collection(nameof(SharedCluster))]
public sealed class NodeFilesTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("uptrakit-e2e-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_WithVariablesOnly_FoundsItsOwnCluster()
    {
        await using TestNode node = NewNode();
        string id = Guid.NewGuid().ToString();
        node.Variables["QUPTIME_NODE_ID"] = id;
        node.Variables["QUPTIME_BIND_ADDR"] = node.Host;
        node.Variables["QUPTIME_BIND_PORT"] = $"{node.Port}";
        node.Variables["QUPTIME_ADVERTISE"] = node.Advertise;
        node.Variables["QUPTIME_CLUSTER_SECRET"] = "of an older version";

        await node.StartAsync(Cancel);

        await LeadsAsync(node);
        Assert.Equal(id, node.NodeId.ToString());
        Assert.Equal(0, await node.StopAsync(Cancel));
        await node.StartAsync(Cancel);
        Assert.Equal(id, (await node.StatusAsync(Cancel)).NodeId);
    }

    [Fact]
    public async Task Serve_WithoutFileAndVariables_SaysWhatToDo()
    {
        await using TestNode node = NewNode();

        Ran ran = await node.RunAsync(Cancel, "serve");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("qu init", ran.Errors, StringComparison.Ordinal);
        Assert.Contains("qu enroll join", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClusterSecret_LeftInNodeYaml_IsBlankedWithOneLogLine()
    {
        await using TestNode node = NewNode();
        (await node.InitAsync(Cancel)).Expect(0);
        string file = Path.Combine(node.Folder, "node.yaml");
        await File.AppendAllTextAsync(file, "cluster_secret: hunter2\n", Cancel);

        await node.StartAsync(Cancel);

        await LeadsAsync(node);
        Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
        Assert.Single(node.Log, static line => line.Contains("cluster_secret", StringComparison.Ordinal));
        Assert.DoesNotContain(node.Log, static line => line.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_OnAPortInUse_SaysSo()
    {
        await using TestNode first = NewNode();
        (await first.InitAsync(Cancel)).Expect(0);
        await first.StartAsync(Cancel);
        await using TestNode second = NewNode();
        (await second.InitAsync(Cancel)).Expect(0);
        second.Variables["QUPTIME_BIND_PORT"] = $"{first.Port}";

        Ran ran = await second.RunAsync(Cancel, "serve");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("in use", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_WithAPrivateKeyThatOthersCanRead_Refuses()
    {
        await using TestNode node = NewNode();
        (await node.InitAsync(Cancel)).Expect(0);
        File.SetUnixFileMode(
            Path.Combine(node.Folder, "keys", "private.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Ran ran = await node.RunAsync(Cancel, "serve");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("private.pem", ran.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => root.Delete(recursive: true);

    private TestNode NewNode() => new(Path.Combine(root.FullName, Make.Name("n")), "the node");

    private static Task<StatusReply> LeadsAsync(TestNode node) => Until.SeenAsync(
        "the node leads itself", node.StatusAsync, static s => s is { Role: "leader", ClusterId.Length: > 0 }, TimeSpan.FromSeconds(20), Cancel);
}
