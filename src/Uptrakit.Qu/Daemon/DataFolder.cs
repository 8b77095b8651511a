using System.Security.Cryptography;
using System.Text;
using Uptrakit.Hosting;
using Uptrakit.Quorum.Membership;
using Uptrakit.Trust.Files;

namespace Uptrakit.Qu.Daemon;

/// <summary>The files of one node. <c>node.yaml</c> is written last: with it the folder is a node's, without it it is nobody's.</summary>
internal sealed class DataFolder(string root)
{
    private const UnixFileMode FolderMode = PrivateFolder.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    public string Root => root;

    public string NodeFile => Path.Combine(root, "node.yaml");

    public string ClusterFile => Path.Combine(root, "cluster.yaml");

    public string TrustFile => Path.Combine(root, "trust.yaml");

    public string Keys => Path.Combine(root, "keys");

    public string History => Path.Combine(root, "history.db");

    /// <summary>Where secrets that checks and alerts name by `file:` may be read from, and nowhere else: the daemon's own keys are files, too.</summary>
    public string Secrets => Path.Combine(root, "secrets");

    public string Engine => Path.Combine(root, "engine");

    /// <summary>Where an unfinished join keeps its key, so that the next try with the same token is the same machine.</summary>
    public string Joining => Path.Combine(root, "joining");

    public bool IsNode => File.Exists(NodeFile);

    /// <summary>Makes the folder if it is missing, and keeps every other process out of it. The answer is what is wrong, or null.</summary>
    public string? Take(out IDisposable? hold, out int swept) =>
        HeldFolder.Take(root, FolderMode, "qu", "name another folder with QUPTIME_DIR", out hold, out swept);

    public void WriteNode(NodeFile node) => DurableFile.Write(NodeFile, Encoding.UTF8.GetBytes(node.Render()), DurableFile.OwnerOnly);

    public void WriteTrust(TrustFile trust) => DurableFile.Write(TrustFile, Encoding.UTF8.GetBytes(trust.Render()), DurableFile.OwnerOnly);

    /// <summary>0600: alerts hold secrets.</summary>
    /// <remarks>
    /// What was written is remembered by its hash, the new one before the file: after a crash at any step the file is
    /// recognised as the daemon's own, and only what somebody else wrote counts as an edit.
    /// </remarks>
    public void WriteCluster(byte[] content)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(content));
        string former = WrittenHashes().LastOrDefault("");
        DurableFile.Write(Written, Encoding.ASCII.GetBytes($"{former}\n{hash}\n"), DurableFile.OwnerOnly);
        DurableFile.Write(ClusterFile, content, DurableFile.OwnerOnly);
    }

    /// <summary>Gives cluster.yaml, as somebody has edited it, another name, and 0600: there may be secrets in it in clear.</summary>
    public void SetClusterAside(string kept)
    {
        File.Move(ClusterFile, kept);
        // Its mode is the editor's. A copy, since the mode of what belongs to another user, such as root, is not ours to change.
        if ((File.GetUnixFileMode(kept) & ~DurableFile.OwnerOnly) != 0)
        {
            // Perhaps for its size: whoever may write it may write any number of bytes.
            using FileStream edited = File.OpenRead(kept);
            DurableFile.Write(kept, edited, DurableFile.OwnerOnly);
        }
    }

    /// <summary>Whether this content of cluster.yaml is the daemon's own, of this run or an earlier one.</summary>
    public bool WroteCluster(byte[] hash) => WrittenHashes().Contains(Convert.ToHexStringLower(hash), StringComparer.Ordinal);

    private string Written => Path.Combine(root, ".cluster.yaml.written");

    private string[] WrittenHashes()
    {
        try
        {
            return File.ReadAllLines(Written);
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
