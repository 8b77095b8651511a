using System.Text.Json;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Daemon;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Commands;

public sealed class MemberCommandTests
{
    private static async Task<FakeDaemon> DaemonWithPeersAsync()
    {
        FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.State.Peers.Add(new Peer
        {
            NodeId = "aaaa-1", Advertise = "a:9901", Role = Role.Voter, Keys = { FakeDaemon.Key("a"), FakeDaemon.Key("a2") },
        });
        daemon.State.Peers.Add(new Peer { NodeId = "bbbb-2", Advertise = "b:9901", Role = Role.Probe });
        daemon.State.Liveness.Add(new PeerStatus
        {
            NodeId = "aaaa-1", Live = true, LastSeenMs = QuRun.Now.ToUnixTimeMilliseconds(), Software = "0.1.0",
        });
        return daemon;
    }

    [Fact]
    public async Task NodeList_AsJson_JoinsMembersAndLiveness()
    {
        await using FakeDaemon daemon = await DaemonWithPeersAsync();

        JsonElement json = (await QuRun.Of(daemon, "node", "list", "--json")).Json;

        Assert.True(json[0].GetProperty("live").GetBoolean());
        Assert.Equal(2, json[0].GetProperty("fingerprints").GetArrayLength());
        Assert.False(json[1].GetProperty("live").GetBoolean());
        Assert.Equal("probe", json[1].GetProperty("role").GetString());
    }

    [Fact]
    public async Task NodeList_DuringARotation_ShowsTheCurrentKey()
    {
        await using FakeDaemon daemon = await DaemonWithPeersAsync();

        QuRun run = await QuRun.Of(daemon, "node", "list");

        Assert.Contains(TrustView.FingerprintOf(FakeDaemon.Key("a2")), run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodeRemove_Asked_EvictsAfterYesOnly()
    {
        await using FakeDaemon daemon = await DaemonWithPeersAsync();

        Assert.Equal(ExitCode.Usage, (await QuRun.Of(daemon, "node", "remove", "bbbb-2")).Exit);
        QuRun declined = await QuRun.Of(daemon.Socket, "n\n", ["node", "remove", "bbbb-2"], interactive: true);
        Assert.Equal(ExitCode.Failed, declined.Exit);
        Assert.Equal(ExitCode.Failed, (await QuRun.Of(daemon, "node", "remove", "bbbb", "-y")).Exit);
        Assert.Empty(daemon.Changes);

        Assert.Equal(ExitCode.Done, (await QuRun.Of(daemon, "node", "remove", "bbbb-2", "-y")).Exit);
        Assert.Equal("bbbb-2", daemon.OnlyChange.RemovePeer.Id);
    }

    [Fact]
    public async Task NodeRotateKey_Done_PrintsTheNewFingerprint()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Rotation = new RotateKeyReply { Done = true, OldFingerprint = "sha256:old", NewFingerprint = "sha256:new" };

        Assert.Equal("sha256:new\n", (await QuRun.Of(daemon, "node", "rotate-key")).Out);
        JsonElement json = (await QuRun.Of(daemon, "node", "rotate-key", "--json")).Json;
        Assert.Equal("sha256:old", json.GetProperty("old_fingerprint").GetString());
        Assert.Equal("p256", Assert.IsType<RotateKeyRequest>(daemon.Requests[0]).KeyType);
    }

    [Fact]
    public async Task NodeRotateKey_NotDone_Fails()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        daemon.Rotation = new RotateKeyReply { Message = "bbbb-2 has not pinned the new key" };
        QuRun run = await QuRun.Of(daemon, "node", "rotate-key");
        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("has not pinned", run.Error, StringComparison.Ordinal);

        daemon.Rotation = new RotateKeyReply { NoQuorum = true };
        Assert.Equal(ExitCode.Unreachable, (await QuRun.Of(daemon, "node", "rotate-key")).Exit);
    }

    [Fact]
    public async Task TrustList_AsJson_IsAnArrayOfPins()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Trust.Entries.Add(new TrustRow
        {
            NodeId = "aaaa-1", Address = "a:9901", Fingerprints = { "sha256:1", "sha256:2" },
        });

        JsonElement json = (await QuRun.Of(daemon, "trust", "list", "--json")).Json;

        Assert.Equal("a:9901", json[0].GetProperty("address").GetString());
        Assert.Equal("sha256:2", json[0].GetProperty("fingerprints")[1].GetString());
        Assert.Equal(3, (await QuRun.Of(daemon, "trust", "list")).Lines.Length);
    }

    [Fact]
    public async Task TrustRemove_Named_IsSent()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        Assert.Equal(ExitCode.Done, (await QuRun.Of(daemon, "trust", "remove", "bbbb-2")).Exit);
        Assert.Equal("bbbb-2", Assert.IsType<RemoveTrustRequest>(daemon.Requests[0]).NodeId);
    }

    [Fact]
    public async Task Resolvers_SetShowClear_Work()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.State.Resolvers.Add("1.1.1.1");

        Assert.Equal("1.1.1.1\n", (await QuRun.Of(daemon, "cluster", "resolvers", "show")).Out);
        Assert.Equal("1.1.1.1", (await QuRun.Of(daemon, "cluster", "resolvers", "show", "--json")).Json[0].GetString());
        await QuRun.Of(daemon, "cluster", "resolvers", "set", "9.9.9.9", "[2620:fe::fe]:53");
        await QuRun.Of(daemon, "cluster", "resolvers", "clear");

        Assert.Equal(["9.9.9.9", "[2620:fe::fe]:53"], daemon.Changes[0].SetResolvers.Resolvers);
        Assert.Empty(daemon.Changes[1].SetResolvers.Resolvers);
        Assert.NotEqual(daemon.Changes[0].Id, daemon.Changes[1].Id);
    }
}
