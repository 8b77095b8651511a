using Uptrakit.Qu.Commands;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>What works on this machine's data folder without a daemon: founding, joining, and being the daemon.</summary>
internal sealed partial class LocalNode(TimeProvider clock, Func<string, string?> variable) : ILocalNode
{
    public async Task<int> InitAsync(InitOptions options, Terminal terminal, CancellationToken cancel)
    {
        DataFolder folder = new(QuPaths.OfProcess().DataFolder);
        if (folder.IsNode)
            return terminal.Fail(ExitCode.Failed, $"{folder.NodeFile} exists: this machine is a node already", hint: "start it with 'qu serve'");
        (NodeFile? node, string? fault) = NodeSettings.Of(options, variable);
        if (node is null)
            return terminal.Fail(ExitCode.Usage, fault!);
        if (NodeSettings.KeyTypeOf(options.KeyType) is not { } keyType)
            return terminal.Fail(ExitCode.Usage, $"--key-type: '{options.KeyType}' is not a key type; p256 and rsa3072 are allowed");
        if (folder.Take(out IDisposable? hold, out _) is { } unusable)
            return terminal.Fail(ExitCode.Failed, unusable);

        using IDisposable? held = hold;
        try
        {
            node = await FoundAsync(folder, node, keyType, cancel).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return terminal.Fail(ExitCode.Failed, $"{folder.Root}: {broken.Message}", hint: "nothing was founded; run 'qu init' again when it is mended");
        }

        terminal.Say($"This is the first node, {node.NodeId}, of cluster {node.ClusterId}.");
        terminal.Say($"Start it with 'qu serve'; others reach it at {node.Advertise}.");
        return (int)ExitCode.Done;
    }

    public Task<int> ServeAsync(string? http, CancellationToken cancel) => NodeHost.RunAsync(
        QuPaths.OfProcess(), Terminal.OfProcess("qu"), this, clock, name => name == "QUPTIME_HTTP" && http is not null ? http : variable(name), cancel);

    /// <summary>A container that is given variables founds its own cluster at its first start.</summary>
    public async Task<string?> FoundFromVariablesAsync(DataFolder folder, CancellationToken cancel)
    {
        string[] names = ["QUPTIME_NODE_ID", "QUPTIME_BIND_ADDR", "QUPTIME_BIND_PORT", "QUPTIME_ADVERTISE"];
        if (!names.Any(name => variable(name) is { Length: > 0 }))
            return $"{folder.NodeFile} does not exist: found a cluster with 'qu init', or join one with 'qu enroll join <token>'";
        (NodeFile? node, string? fault) = NodeSettings.Of(new InitOptions(null, null, null, null), variable);
        if (node is null)
            return fault;
        await FoundAsync(folder, node, KeyType.EcdsaP256, cancel).ConfigureAwait(false);
        return null;
    }

    private async Task<NodeFile> FoundAsync(DataFolder folder, NodeFile node, KeyType keyType, CancellationToken cancel)
    {
        NodeId id = NodeId.TryParse(node.NodeId, out NodeId? given) ? given : NodeId.New();
        node = node with { NodeId = id.ToString(), Role = Role.Voter, ClusterId = Guid.NewGuid().ToString("D") };
        using NodeIdentity identity = NodeIdentity.Create(id, keyType, clock);
        identity.Save(folder.Keys);
        // An engine of an attempt that was cut off holds nothing: the founder's first entry is written when it serves.
        if (Directory.Exists(folder.Engine))
            Directory.Delete(folder.Engine, recursive: true);
        Trust.Files.PrivateFolder.Create(folder.Engine, Trust.Files.PrivateFolder.OwnerOnly);
        using (VoterStorage voters = new(Path.Combine(folder.Engine, "voters")))
            await voters.FoundAsync(id, cancel).ConfigureAwait(false);
        folder.WriteTrust(new TrustFile([]));
        folder.WriteNode(node);
        return node;
    }
}
