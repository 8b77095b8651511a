using System.Text.Json;
using Grpc.Core;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;

namespace Uptrakit.EndToEnd;

/// <summary>A new key under the same name.</summary>
[Collection(nameof(MemberCluster))]
public sealed class RotationTests(SharedCluster shared) : ClusterTest(shared)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RotateKey_ReplacesTheKeyEverywhereAndKeepsTheNodeId(bool leader)
    {
        TestNode node = leader ? Leader : Followers[0];
        TestNode other = Cluster.Nodes.First(n => n != node);
        using NodeIdentity former = node.LoadIdentity();

        Ran ran = (await node.RunAsync(Cancel, "node", "rotate-key", "--json")).Expect(0);

        using NodeIdentity current = node.LoadIdentity();
        JsonElement said = ran.Json();
        Assert.Equal(former.Fingerprint.ToPrefixedString(), said.GetProperty("old_fingerprint").GetString());
        Assert.Equal(current.Fingerprint.ToPrefixedString(), said.GetProperty("new_fingerprint").GetString());
        Assert.NotEqual(former.Fingerprint, current.Fingerprint);
        Assert.Equal(former.NodeId.ToString(), (await node.StatusAsync(Cancel)).NodeId);
        await Cluster.SettleAsync(Cancel);
        foreach (TestNode each in Cluster.Nodes)
            await Until.SeenAsync($"{each} pins the new key alone", c => KeysAsync(each, node, c), keys => keys.SequenceEqual([current.Fingerprint.ToPrefixedString()]), TimeSpan.FromSeconds(10), Cancel);

        Assert.Equal(StatusCode.Unauthenticated, await BeatAsync(former, other));
        Assert.Equal(StatusCode.OK, await BeatAsync(current, other));
        Assert.Equal(0, await node.StopAsync(Cancel));
        await node.StartAsync(Cancel);
        await Cluster.SettleAsync(Cancel);
        ChangeReply change = await TestCluster.ChangeAsync(node, Make.IdleCheck(Make.Name("rotated")), Cancel);
        Assert.Equal(OutcomeStatus.Done, change.Outcome?.Status);
    }

    [Fact]
    public async Task RotateKey_WhileAMemberIsAway_IsRefusedAndChangesNothing()
    {
        TestNode away = Followers[0];
        TestNode node = Followers[1];
        using NodeIdentity before = node.LoadIdentity();
        await away.Kill9Async(Cancel);
        await Until.SeenAsync("the member is missed", node.StatusAsync,
            s => s.Peers.Any(p => p.NodeId == away.NodeId.ToString() && !p.Live), TimeSpan.FromSeconds(15), Cancel);

        Ran ran = await node.RunAsync(Cancel, "node", "rotate-key");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains(away.NodeId.ToString(), ran.Errors, StringComparison.Ordinal);
        using NodeIdentity after = node.LoadIdentity();
        Assert.Equal(before.Fingerprint, after.Fingerprint);
    }

    private static async Task<IReadOnlyList<string>> KeysAsync(TestNode at, TestNode of, CancellationToken cancel)
    {
        Peer peer = (await TestCluster.ReadAsync(at, cancel)).Peers.Single(p => p.NodeId == of.NodeId.ToString());
        return [.. peer.Keys.Select(static k => SpkiFingerprint.TryFromBytes(k.SpkiSha256.Span, out SpkiFingerprint? pin) ? pin.ToPrefixedString() : "?")];
    }

    private static async Task<StatusCode> BeatAsync(NodeIdentity key, TestNode node)
    {
        using PeerCaller caller = new(key, node, "127.0.7.1");
        try
        {
            // What it says of itself must not disturb the real node's liveness: the same as an idle node says.
            await caller.Peers.BeatAsync(
                new Heartbeat { AtMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() }, deadline: Deadlines.In(5), cancellationToken: Cancel);
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}
