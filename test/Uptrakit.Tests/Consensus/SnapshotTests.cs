using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Consensus;

/// <summary>Guard 3: a state on disk is whole or it is refused.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("qu-snapshot-").FullName;

    private string Folder => Path.Combine(root, "snapshots");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void File_ThatIsWhole_GivesTheStateAndItsPlace()
    {
        string path = WriteFile();
        Assert.True(SnapshotFile.TryRead(path, out AppliedState? state));
        Assert.Equal((7, 3), (state.Index, state.Term));
        Assert.Equal(SomeState().ToSnapshot(), state.Cluster.ToSnapshot());
    }

    [Fact]
    public void File_CutAtAnyLength_IsRefused()
    {
        byte[] whole = File.ReadAllBytes(WriteFile());
        string path = Path.Combine(root, "cut");
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.False(SnapshotFile.TryRead(path, out _), $"cut at {length} of {whole.Length}");
        }

        File.WriteAllBytes(path, [.. whole, 0]);
        Assert.False(SnapshotFile.TryRead(path, out _));
        Assert.False(SnapshotFile.TryRead(Path.Combine(root, "none"), out _));
    }

    [Fact]
    public void File_WithAnyBitFlipped_IsRefused()
    {
        byte[] whole = File.ReadAllBytes(WriteFile());
        string path = Path.Combine(root, "flipped");
        for (int place = 0; place < whole.Length; place++)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= (byte)(1 << (place % 8));
            File.WriteAllBytes(path, damaged);
            Assert.False(SnapshotFile.TryRead(path, out _), $"flipped at {place} of {whole.Length}");
        }
    }

    [Fact]
    public void Start_WithADamagedSnapshot_StopsAndSaysWhatToDo()
    {
        SnapshotFolder folder = new(Folder);
        folder.WriteSeed(At(7));
        byte[] damaged = File.ReadAllBytes(folder.CurrentPath(7));
        damaged[^1] ^= 1;
        File.WriteAllBytes(folder.CurrentPath(7), damaged);

        StateStore store = new();
        InvalidDataException stop = Assert.Throws<InvalidDataException>(() => new LogStateMachine(store, new SnapshotFolder(Folder), NullLogger.Instance));
        Assert.Contains(folder.CurrentPath(7), stop.Message, StringComparison.Ordinal);
        Assert.Contains("qu node remove", stop.Message, StringComparison.Ordinal);
        Assert.Equal(0, store.Current.Index);
    }

    [Fact]
    public void Start_WithASnapshot_BeginsThere()
    {
        new SnapshotFolder(Folder).WriteSeed(At(7));
        StateStore store = new();
        LogStateMachine machine = new(store, new SnapshotFolder(Folder), NullLogger.Instance);
        Assert.Equal((7, 7), (machine.Snapshot!.Index, store.Current.Index));
        Assert.Equal(7, machine.DurableCheckpoint);
    }

    [Fact]
    public void Checkpoint_IsDurableButNotTheSnapshotUntilItIsPromoted()
    {
        SnapshotFolder folder = Open();
        folder.WriteCheckpoint(At(5));
        Assert.Equal(5, folder.Durable);
        Assert.Null(new SnapshotFolder(Folder).Load());

        Assert.True(folder.TryPromote(5));
        Assert.Equal(5, new SnapshotFolder(Folder).Load()!.Index);
        Assert.True(folder.TryPromote(5)); // again, as a log that is replayed does
    }

    [Fact]
    public void Promote_OfWhatThisDiskLacks_IsRefused()
    {
        SnapshotFolder folder = Open();
        folder.WriteCheckpoint(At(5));
        Assert.False(folder.TryPromote(6));
        Assert.Null(new SnapshotFolder(Folder).Load());
    }

    [Fact]
    public void Promote_RemovesWhatIsOlderAndKeepsWhatIsNewer()
    {
        SnapshotFolder folder = Open();
        foreach (long index in (long[])[5, 10, 15])
            folder.WriteCheckpoint(At(index));
        folder.TryPromote(5);
        folder.TryPromote(10);
        Assert.Equal(["10.snapshot", "15.checkpoint"], Files());
    }

    [Fact]
    public void Load_AfterACrashBetweenTheStepsOfAPromotion_TakesTheNewer()
    {
        SnapshotFolder folder = Open();
        folder.WriteCheckpoint(At(5));
        folder.TryPromote(5);
        byte[] five = File.ReadAllBytes(folder.CurrentPath(5));
        folder.WriteCheckpoint(At(10));
        folder.TryPromote(10);
        File.WriteAllBytes(folder.CurrentPath(5), five); // the older one had not been removed yet

        SnapshotFolder after = new(Folder);
        Assert.Equal(10, after.Load()!.Index);
        Assert.Equal(10, after.Durable);
    }

    [Fact]
    public void Load_SweepsWhatACrashLeftAndDamagedCheckpoints()
    {
        SnapshotFolder folder = Open();
        folder.WriteCheckpoint(At(5));
        folder.TryPromote(5);
        folder.WriteCheckpoint(At(10));
        folder.WriteCheckpoint(At(15));
        File.WriteAllBytes(Path.Combine(Folder, "15.checkpoint"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(Folder, ".20.checkpoint.0123456789abcdef.tmp"), [1]);

        SnapshotFolder after = new(Folder);
        Assert.Equal(5, after.Load()!.Index);
        Assert.Equal(10, after.Durable); // never what cannot be read: the leader would forget the log for it
        Assert.Equal(["10.checkpoint", "5.snapshot"], Files());
    }

    [Fact]
    public void WriteCheckpoint_OfAnOlderState_ChangesNothing()
    {
        SnapshotFolder folder = Open();
        folder.WriteCheckpoint(At(10));
        folder.WriteCheckpoint(At(5));
        Assert.Equal(10, folder.Durable);
        Assert.Equal(["10.checkpoint"], Files());
    }

    [Fact]
    public void MemberAddress_OfAnyNode_ReadsBackAsThatNode() => Gen.Guid.Sample(static guid =>
    {
        Assert.True(NodeId.TryParse(guid.ToString(), out NodeId? node));
        Assert.True(MemberAddress.TryRead(MemberAddress.Of(node), out NodeId? back));
        Assert.Equal(node, back);
    });

    [Fact]
    public void MemberAddress_OfSomethingElse_IsRefused()
    {
        Assert.False(MemberAddress.TryRead(null, out _));
        Assert.False(MemberAddress.TryRead(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1), out _));
        Assert.False(MemberAddress.TryRead(new System.Net.DnsEndPoint("node.example.org", 1), out _));
    }

    private static ClusterState SomeState()
    {
        TestMachine machine = new();
        machine.AddCheck("web");
        return machine.State;
    }

    private static AppliedState At(long index) => new(index, 3, SomeState());

    private SnapshotFolder Open()
    {
        SnapshotFolder folder = new(Folder);
        folder.Load();
        return folder;
    }

    private string[] Files() => [.. Directory.EnumerateFiles(Folder).Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private string WriteFile()
    {
        string path = Path.Combine(root, "file");
        SnapshotFile.Write(path, At(7));
        return path;
    }
}
