using Grpc.Core;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Identity;

namespace Uptrakit.EndToEnd;

/// <summary>An evicted member is a stranger to every node at once.</summary>
[Collection(nameof(MemberCluster))]
public sealed class EvictionTests(SharedCluster shared) : ClusterTest(shared)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Eviction_OfALiveVoter_EndsItsStreamsAndItsTrustEverywhere()
    {
        await Cluster.GrowAsync(1, Cancel);
        TestNode victim = Cluster.Nodes[^1];
        TestNode[] others = [.. Cluster.Nodes.Where(n => n != victim)];
        string id = victim.NodeId.ToString();
        using NodeIdentity key = victim.LoadIdentity();
        Task[] streams = [.. others.Select(node => FollowAsync(key, node))];
        await Task.WhenAll(streams.Select(static s => Task.WhenAny(s, Task.Delay(300, Cancel))));
        Assert.All(streams, static s => Assert.False(s.IsCompleted, "a member may follow"));

        (await others[1].RunAsync(Cancel, "node", "remove", id, "-y")).Expect(0);
        Cluster.Forget(victim);

        await Task.WhenAll(streams).WaitAsync(AtOnce, Cancel);
        foreach (TestNode node in others)
        {
            Assert.Equal(StatusCode.Unauthenticated, await BeatAsync(key, node));
            ReadReply state = await TestCluster.ReadAsync(node, Cancel);
            Assert.DoesNotContain(state.Peers, p => p.NodeId == id);
            ListTrustReply trust = await node.Control.ListTrustAsync(new ListTrustRequest(), deadline: Deadlines.In(5), cancellationToken: Cancel);
            Assert.DoesNotContain(trust.Entries, t => t.NodeId == id);
        }

        Assert.NotEqual(0, (await victim.RunAsync(Cancel, "check", "add", "tcp", Make.Name("ghost"), "127.0.0.1:9")).ExitCode);
        await Cluster.WaitForVotersAsync(3, Cancel);
        await victim.DisposeAsync();
        await ItsNodeIdIsGoneAsync(key);
    }

    [Fact]
    public async Task Eviction_OfTheMaster_GoesThrough()
    {
        await Cluster.GrowAsync(1, Cancel);
        TestNode victim = await Cluster.LeaderAsync(Cancel);
        TestNode at = Cluster.Nodes.First(n => n != victim);
        using NodeIdentity key = victim.LoadIdentity();

        (await at.RunAsync(Cancel, "node", "remove", victim.NodeId.ToString(), "-y")).Expect(0);
        Cluster.Forget(victim);

        await Cluster.WaitForVotersAsync(3, Cancel);
        foreach (TestNode node in Cluster.Nodes)
            await Until.SeenAsync("the key is refused", _ => BeatAsync(key, node), static code => code == StatusCode.Unauthenticated, AtOnce, Cancel);
        ChangeReply change = await TestCluster.ChangeAsync(at, Make.IdleCheck(Make.Name("after")), Cancel);
        Assert.Equal(OutcomeStatus.Done, change.Outcome?.Status);
        await victim.DisposeAsync();
    }

    [Fact]
    public async Task Join_AtAMemberThatWasEvictedSince_GoesOnToTheNext()
    {
        await Cluster.GrowAsync(1, Cancel);
        TestNode victim = Cluster.Nodes[^1];
        // The minting node's own endpoint is the first in the token, with the key that it still shows.
        CreateEnrollmentReply token = await TestCluster.TokenAsync(victim, Cancel, true);
        Assert.Equal(victim.Port, Enrolling.Parse(token.Token).Endpoints[0].Port);
        (await Cluster.Nodes[0].RunAsync(Cancel, "node", "remove", victim.NodeId.ToString(), "-y")).Expect(0);
        Cluster.Forget(victim);

        await using TestNode joiner = Cluster.NewNode();
        Ran ran = await joiner.JoinAsync(token.Token, Cancel);
        ran.Expect(0);
        Assert.Contains("asking", ran.Errors, StringComparison.Ordinal);
        await Cluster.RemoveAsync(joiner.NodeId.ToString(), Cancel);
        await victim.DisposeAsync();
    }

    /// <summary>A NodeID is never used twice: neither with the old key nor with a new one.</summary>
    private async Task ItsNodeIdIsGoneAsync(NodeIdentity former)
    {
        using NodeIdentity renewed = Enrolling.NewKey(former.NodeId);
        using NodeIdentity server = Leader.LoadIdentity();
        foreach (NodeIdentity joiner in (NodeIdentity[])[former, renewed])
        {
            EnrollmentToken token = Enrolling.Parse((await TestCluster.TokenAsync(Leader, Cancel, ttl: TimeSpan.FromMinutes(1))).Token);
            Outcome outcome = await Enrolling.SendAsync(
                Enrolling.Request(token, server.Fingerprint, joiner), joiner, Leader, "127.0.6.1", Cancel);
            Assert.Equal((OutcomeStatus.Refused, RefusalReason.NodeIdTaken), (outcome.Status, outcome.Reason));
        }
    }

    /// <summary>Follows the state with a key until the node ends it.</summary>
    private static async Task FollowAsync(NodeIdentity key, TestNode node)
    {
        using PeerCaller caller = new(key, node, "127.0.6.2");
        using AsyncServerStreamingCall<FollowMessage> call = caller.Peers.Follow(new FollowRequest(), deadline: Deadlines.In(60), cancellationToken: Cancel);
        try
        {
            while (await call.ResponseStream.MoveNext(Cancel))
            {
                // The state, then every command, then signs of life.
            }
        }
        catch (RpcException ended) when (ended.StatusCode is not StatusCode.DeadlineExceeded)
        {
            // Cut off.
        }
    }

    private static async Task<StatusCode> BeatAsync(NodeIdentity key, TestNode node)
    {
        using PeerCaller caller = new(key, node, "127.0.6.3");
        try
        {
            await caller.Peers.BeatAsync(new Heartbeat(), deadline: Deadlines.In(5), cancellationToken: Cancel);
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}
