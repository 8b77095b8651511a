using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>What a data folder says of its node, read and judged before anything of the daemon runs.</summary>
/// <param name="Trusted">Whom the node trusts before it has a state.</param>
/// <param name="HadSecret">The file still holds the shared secret of old versions.</param>
internal sealed record LoadedNode(NodeFile Settings, NodeFile File, NodeIdentity Identity, IReadOnlyList<Peer> Trusted, bool HadSecret)
{
    private const long MaxTrustBytes = 4 * 1024 * 1024;

    /// <summary>Reads everything, and tells everything that is wrong: who mends one fault should not meet the next one by one.</summary>
    public static LoadedNode? TryLoad(DataFolder folder, Func<string, string?> variable, List<string> faults)
    {
        if (!NodeFile.TryLoad(folder.NodeFile, out NodeFile? file, out IReadOnlyList<YamlFault> inFile, out bool hadSecret))
            faults.AddRange(inFile.Select(fault => $"{folder.NodeFile}: {fault}"));
        NodeFile settings = (file ?? new NodeFile()).WithEnvironment(variable, out IReadOnlyList<string> inVariables);
        faults.AddRange(inVariables);
        IReadOnlyList<Peer> trusted = Trust(folder, faults);
        NodeIdentity? identity = file is null ? KeysOnly(folder, faults) : Own(folder, file, settings, faults);
        if (faults.Count == 0)
            return new LoadedNode(settings, file!, identity!, trusted, hadSecret);
        identity?.Dispose();
        return null;
    }

    private static NodeIdentity? Own(DataFolder folder, NodeFile file, NodeFile settings, List<string> faults)
    {
        if (!NodeId.TryParse(file.NodeId, out NodeId? id))
        {
            faults.Add($"{folder.NodeFile}: node_id is missing; restore the file from a backup, or enroll this machine anew");
            return KeysOnly(folder, faults);
        }

        if (settings.NodeId != file.NodeId)
            faults.Add($"QUPTIME_NODE_ID names another node than {folder.NodeFile}: a NodeID never changes; unset it");
        return Load(folder, id, faults);
    }

    /// <summary>Whose the keys are is not known; whether they are usable is.</summary>
    private static NodeIdentity? KeysOnly(DataFolder folder, List<string> faults) => Load(folder, NodeId.New(), faults);

    private static NodeIdentity? Load(DataFolder folder, NodeId id, List<string> faults)
    {
        if (NodeIdentity.TryLoad(folder.Keys, id, out NodeIdentity? identity, out string? fault))
            return identity;
        faults.Add(fault);
        return null;
    }

    private static IReadOnlyList<Peer> Trust(DataFolder folder, List<string> faults)
    {
        try
        {
            FileInfo file = new(folder.TrustFile);
            if (!file.Exists)
                return [];
            if (file.Length > MaxTrustBytes)
                faults.Add($"{folder.TrustFile}: is larger than 4 MiB; restore it from a backup");
            else if (TrustFile.TryParse(System.IO.File.ReadAllText(folder.TrustFile), out TrustFile? trust, out IReadOnlyList<YamlFault> found))
                return [.. TrustView.ToPeers(trust!)];
            else
                faults.AddRange(found.Select(fault => $"{folder.TrustFile}: {fault}"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{folder.TrustFile} cannot be read: {fault.Message}");
        }

        return [];
    }
}
