using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.State;

public sealed class StateStoreTests
{
    private readonly StateStore store = new();

    [Fact]
    public async Task WaitForChange_FromAnOlderState_IsOverAtOnce()
    {
        AppliedState seen = store.Current;
        store.Skip(1, 1);
        await store.WaitForChangeAsync(seen, TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (store.Current.Index, store.Current.Term));
    }

    [Fact]
    public async Task WaitForChange_FromTheCurrentState_WaitsForTheNextCommand()
    {
        Task changed = store.WaitForChangeAsync(store.Current, TestContext.Current.CancellationToken);
        Assert.False(changed.IsCompleted);
        store.Apply(1, 1, Found());
        await changed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Applied_IsRaisedBeforeTheStateCanBeSeen()
    {
        // Who sees index 5 must find the command at 5 in what handlers keep: a follower would go on without it.
        List<(long Index, string Cluster, long Visible)> seen = [];
        store.Applied += (applied, _, _) => seen.Add((applied.Index, applied.Cluster.ClusterId, store.Current.Index));
        store.Apply(5, 2, Found());
        store.Skip(6, 2);
        Assert.Equal([(5, "c", 0)], seen);
        Assert.Equal("c", store.State.ClusterId);
    }

    [Fact]
    public void Replace_TakesTheStateAsAWhole()
    {
        AppliedState? told = null;
        store.Replaced += state => told = state;
        AppliedState state = new(9, 3, ClusterState.Empty with { ClusterId = "other" });
        store.Replace(state);
        Assert.Same(state, told);
        Assert.Equal("other", store.State.ClusterId);
    }

    [Fact]
    public void RecentCommands_BeyondTheirNumber_ForgetTheOldest()
    {
        RecentCommands recent = RecentCommands.Empty;
        for (int i = 0; i <= RecentCommands.Capacity; i++)
            recent = recent.With(Id(i), new Outcome { Version = i });
        Assert.False(recent.TryGet(Id(0), out _));
        Assert.True(recent.TryGet(Id(1), out _));
        Assert.Equal(RecentCommands.Capacity, recent.InOrder().Count());
    }

    private static ByteString Id(int i) => ByteString.CopyFrom(BitConverter.GetBytes(i));

    private static Command Found() => new()
    {
        Id = Id(1),
        Found = new Found { ClusterId = "c", Peer = TestMachine.PeerOf(TestMachine.Founder, "founder") },
    };
}
