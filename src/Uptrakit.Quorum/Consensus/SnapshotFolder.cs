using System.Globalization;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Files;

namespace Uptrakit.Quorum.Consensus;

/// <summary>
/// The snapshots of one voter. A checkpoint is written when its command is applied; it becomes the snapshot, and the log
/// before it may go, only when the leader has committed that every voter has it on disk.
/// </summary>
internal sealed class SnapshotFolder(string folder)
{
    private const string Current = ".snapshot";
    private const string Candidate = ".checkpoint";

    /// <summary>Index of the newest state on this disk: what this voter reports to the leader.</summary>
    public long Durable { get; private set; }

    /// <summary>Loads the current snapshot. Null: none yet, the log begins at its beginning.</summary>
    /// <exception cref="InvalidDataException">The current snapshot is damaged; what came before it is gone from the log.</exception>
    public AppliedState? Load()
    {
        PrivateFolder.Create(folder, PrivateFolder.OwnerOnly);
        DurableFile.SweepLeftovers(folder);
        long newest = IndexesOf(Current).DefaultIfEmpty(0).Max();
        AppliedState? state = null;
        if (newest > 0 && !SnapshotFile.TryRead(PathOf(newest, Current), out state))
            throw new InvalidDataException(
                $"the snapshot {PathOf(newest, Current)} is damaged. This node cannot go on from it: remove it from the cluster " +
                "on another node (qu node remove), wipe its data folder and join again with a new token");

        Durable = newest;
        foreach (long index in IndexesOf(Candidate))
        {
            if (index > newest && SnapshotFile.TryRead(PathOf(index, Candidate), out _))
                Durable = Math.Max(Durable, index);
            else
                File.Delete(PathOf(index, Candidate));
        }

        return state;
    }

    public string CurrentPath(long index) => PathOf(index, Current);

    public void WriteCheckpoint(AppliedState state)
    {
        if (state.Index <= Durable)
            return;
        SnapshotFile.Write(PathOf(state.Index, Candidate), state);
        Durable = state.Index;
    }

    /// <summary>Takes a state that another node sent, before the engine of this node starts for the first time.</summary>
    public void WriteSeed(AppliedState state)
    {
        PrivateFolder.Create(folder, PrivateFolder.OwnerOnly);
        SnapshotFile.Write(PathOf(state.Index, Current), state);
        Durable = state.Index;
    }

    /// <summary>Makes a checkpoint the snapshot. False: this disk does not have it, so the log must stay.</summary>
    public bool TryPromote(long index)
    {
        if (!File.Exists(PathOf(index, Candidate)))
            return File.Exists(PathOf(index, Current));
        File.Move(PathOf(index, Candidate), PathOf(index, Current), overwrite: true);
        DurableFile.FsyncFolder(folder);
        foreach (long older in IndexesOf(Current).Where(i => i < index))
            File.Delete(PathOf(older, Current));
        foreach (long older in IndexesOf(Candidate).Where(i => i < index))
            File.Delete(PathOf(older, Candidate));
        return true;
    }

    private string PathOf(long index, string kind) => Path.Combine(folder, index.ToString(CultureInfo.InvariantCulture) + kind);

    private List<long> IndexesOf(string kind) => Directory.EnumerateFiles(folder, "*" + kind)
        .Select(f => long.TryParse(Path.GetFileNameWithoutExtension(f), CultureInfo.InvariantCulture, out long i) ? i : 0)
        .Where(static i => i > 0)
        .ToList();
}
