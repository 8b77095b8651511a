using System.Text.Json;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;

namespace Uptrakit.Tests.Commands;

public sealed class StatusTests
{
    private static StatusReply Sample()
    {
        StatusReply status = new()
        {
            NodeId = "aaaa-1", Role = "leader", Master = "aaaa-1", Term = 3, Quorum = true, QuorumNeeded = 2, Voters = 3,
            ConfigVersion = 7, Applied = 20, Commit = 21, ClusterId = "cl-1", Outbox = 1, Software = "0.1.0",
        };
        status.Warnings.Add("clock of bbbb-2 is off by 5s");
        status.Peers.Add(new PeerStatus
        {
            NodeId = "aaaa-1", Advertise = "a:9901", Role = "voter", Live = true, LastSeenMs = QuRun.Now.ToUnixTimeMilliseconds(),
            Hears = { "bbbb-2" },
        });
        status.Peers.Add(new PeerStatus { NodeId = "bbbb-2", Advertise = "b:9901", Role = "probe", Excluded = true });
        status.Checks.Add(new CheckRow
        {
            Id = "c-1", Name = "web", State = "down", Ok = 1, Total = 3, Alerts = { "ops*", "chat" }, Detail = "status 500",
        });
        return status;
    }

    [Fact]
    public async Task Status_AsJson_HasThePromisedShape()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Status = Sample();

        JsonElement json = (await QuRun.Of(daemon, "status", "--json")).Json;

        Assert.Equal("aaaa-1", json.GetProperty("node_id").GetString());
        Assert.Equal("aaaa-1", json.GetProperty("master").GetString());
        Assert.Equal(3, json.GetProperty("term").GetInt64());
        Assert.True(json.GetProperty("quorum").GetBoolean());
        Assert.Equal(2, json.GetProperty("quorum_needed").GetInt32());
        Assert.Equal(7, json.GetProperty("config_version").GetInt64());
        Assert.Equal("leader", json.GetProperty("role").GetString());
        Assert.Equal("cl-1", json.GetProperty("cluster_id").GetString());
        Assert.Equal(20, json.GetProperty("applied").GetInt64());
        Assert.Equal(1, json.GetProperty("outbox").GetInt32());
        Assert.Equal("clock of bbbb-2 is off by 5s", json.GetProperty("warnings")[0].GetString());
        Assert.Equal("bbbb-2", json.GetProperty("reaches").GetProperty("aaaa-1")[0].GetString());

        JsonElement peers = json.GetProperty("peers");
        Assert.Equal("2026-03-01T12:00:00.000Z", peers[0].GetProperty("last_seen").GetString());
        Assert.Equal(JsonValueKind.Null, peers[1].GetProperty("last_seen").ValueKind);
        Assert.Equal("b:9901", peers[1].GetProperty("advertise").GetString());
        Assert.Equal("probe", peers[1].GetProperty("role").GetString());
        Assert.False(peers[1].GetProperty("live").GetBoolean());
        Assert.Equal([false, true], peers.EnumerateArray().Select(static peer => peer.GetProperty("excluded").GetBoolean()));

        JsonElement check = json.GetProperty("checks")[0];
        Assert.Equal("c-1", check.GetProperty("id").GetString());
        Assert.Equal("web", check.GetProperty("name").GetString());
        Assert.Equal("down", check.GetProperty("state").GetString());
        Assert.Equal(1, check.GetProperty("ok").GetInt32());
        Assert.Equal(3, check.GetProperty("total").GetInt32());
        Assert.Equal("ops*", check.GetProperty("alerts")[0].GetString());
        Assert.Equal("status 500", check.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Status_NoMaster_IsNullInJsonAndNoneForPeople()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Status = new StatusReply { NodeId = "aaaa-1", Role = "follower", QuorumNeeded = 2, Voters = 3 };

        Assert.Equal(JsonValueKind.Null, (await QuRun.Of(daemon, "status", "--json")).Json.GetProperty("master").ValueKind);
        QuRun run = await QuRun.Of(daemon, "status");

        Assert.Contains("master   none", run.Out, StringComparison.Ordinal);
        Assert.Contains("quorum   no (2 of 3 needed)", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_ForPeople_ShowsPeersAndChecks()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Status = Sample();

        QuRun run = await QuRun.Of(daemon, "status");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Contains("1 of 1", run.Out, StringComparison.Ordinal);
        Assert.Contains("web", run.Out, StringComparison.Ordinal);
        Assert.Contains("1/3", run.Out, StringComparison.Ordinal);
        Assert.Contains("ops*,chat", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Out);
    }

    [Fact]
    public async Task Status_HostileDetail_CannotDriveTheTerminal()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Status = Sample();
        daemon.Status.Checks[0].Name = "w\u001b]0;owned\u0007eb\u202e";
        daemon.Status.Checks[0].Detail = "one\r\ntwo\u009b2J";
        daemon.Status.Warnings.Add("\u001b[2J");
        daemon.Status.ClusterId = "\u001bc";

        QuRun run = await QuRun.Of(daemon, "status");

        Assert.DoesNotContain(run.Out, letter => char.IsControl(letter) && letter != '\n');
        Assert.DoesNotContain('\u202e', run.Out);
        QuRun json = await QuRun.Of(daemon, "status", "--json");
        Assert.DoesNotContain(json.Out, letter => char.IsControl(letter) && letter != '\n');
    }

    [Fact]
    public async Task Status_OnAColourTerminal_PaintsStatesWithoutBendingColumns()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Status = Sample();
        daemon.Status.Checks.Add(new CheckRow { Id = "c-2", Name = "db", State = "up", Ok = 3, Total = 3 });

        QuRun run = await QuRun.Of(daemon.Socket, "", ["status"], colour: true);
        QuRun plain = await QuRun.Of(daemon, "status");

        Assert.Contains("\u001b[31mdown\u001b[0m", run.Out, StringComparison.Ordinal);
        Assert.Equal(plain.Out, System.Text.RegularExpressions.Regex.Replace(run.Out, "\u001b\\[[0-9]+m", ""));
    }

    [Fact]
    public async Task Status_TenThousandChecks_FitsInOneAnswer()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Status = Sample();
        string detail = new('x', 600);
        for (int i = 0; i < 10_000; i++)
            daemon.Status.Checks.Add(new CheckRow { Id = $"c-{i}", Name = $"check {i}", State = "up", Detail = detail });

        QuRun run = await QuRun.Of(daemon, "status", "--json");

        Assert.Equal(10_001, run.Json.GetProperty("checks").GetArrayLength());
    }
}
