using System.Security.Cryptography;
using System.Text;
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

    public string Engine => Path.Combine(root, "engine");

    /// <summary>Where an unfinished join keeps its key, so that the next try with the same token is the same machine.</summary>
    public string Joining => Path.Combine(root, "joining");

    public bool IsNode => File.Exists(NodeFile);

    /// <summary>
    /// Makes the folder if it is missing, and keeps every other process out of it until the hold is disposed: two daemons of one
    /// identity would vote twice, and a sweep would take the other's unfinished files. The answer is what is wrong, or null.
    /// </summary>
    public string? Take(out IDisposable? hold, out int swept)
    {
        hold = null;
        swept = 0;
        try
        {
            if (File.Exists(root))
                return $"{root} is a file, not a folder: move it away, or name another folder with QUPTIME_DIR";
            if (!Directory.Exists(root))
                PrivateFolder.Create(root, FolderMode);
            if (OthersFault() is { } others)
                return others;
            if (PrivateFolder.Fault(root) is { } fault)
                return fault;
            hold = Lock();
            swept = DurableFile.SweepLeftovers(root);
            return null;
        }
        catch (UnauthorizedAccessException fault)
        {
            hold?.Dispose();
            return $"{Plain(fault)}: make {root} writable for user {PrivateFolder.CurrentUser}, or name another folder with QUPTIME_DIR";
        }
        catch (IOException fault)
        {
            hold?.Dispose();
            return IsHeld(fault)
                ? $"another qu works on {root} now: a daemon, or a command that is not done; stop it first"
                : $"{Plain(fault)}: mend that, or name another folder with QUPTIME_DIR";
        }
    }

    /// <summary>What root wrote here, the daemon of another user could not read.</summary>
    private string? OthersFault()
    {
        if (PrivateFolder.CurrentUser != 0 || PrivateFolder.OwnerOf(root) is not (> 0 and var owner))
            return null;
        string name = UserName.Of(owner);
        return $"{root} belongs to user {name}, and what root writes there that user's daemon could not read: "
            + $"run the same command as that user, with 'sudo -u {name} ...'";
    }

    private FileStream Lock() => new(Path.Combine(root, "lock"), new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        UnixCreateMode = DurableFile.OwnerOnly,
    });

    // EWOULDBLOCK of flock.
    private static bool IsHeld(IOException fault) => fault.HResult == 11;

    private static string Plain(Exception fault) => fault.Message.TrimEnd('.', ' ');

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
