using System.Text.Json;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Tests.Commands;

public sealed class HistoryCommandTests
{
    private static readonly long Now = QuRun.Now.ToUnixTimeMilliseconds();

    private static HistoryReply Sample()
    {
        HistoryReply reply = new() { FromMs = Now - 86_400_000, ToMs = Now };
        CheckHistory past = new() { Id = "c-1", Name = "web", UpMs = 86_300_000, DownMs = 100_000 };
        past.Outages.Add(new OutageRow { FromMs = Now - 3_600_000, ToMs = Now - 3_500_000, Detail = "status 500\u001b[2J" });
        past.Nodes.Add(new NodeResults
        {
            NodeId = "aaaa-1",
            Results = new CheckResults
            {
                CheckId = "c-1", StepMs = 3_600_000, Sum = new ProbeSum { Count = 200, Failures = 1, MeanUs = 12_400, P50Us = 11_000, P95Us = 30_000, MostUs = 41_000 },
                Points = { new ProbePoint { AtMs = Now - 3_600_000, Sum = new ProbeSum { Count = 9, MeanUs = 12_000 } } },
            },
        });
        reply.Checks.Add(past);
        reply.Nodes.Add(new NodeAnswer { NodeId = "aaaa-1", Advertise = "a:9901" });
        reply.Nodes.Add(new NodeAnswer { NodeId = "bbbb-2", Advertise = "b:9901", Fault = "did not answer in time" });
        return reply;
    }

    [Fact]
    public async Task History_ForPeople_HasOutagesLatenciesAndWhoIsSilent()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.History = Sample();

        QuRun run = await QuRun.Of(daemon, "history", "web");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Contains("uptime   99.88 %, down for 1m40s", run.Out, StringComparison.Ordinal);
        Assert.Contains("2026-03-01 11:00:00Z  2026-03-01 11:01:40Z  1m40s   status 500\uFFFD[2J", run.Out, StringComparison.Ordinal);
        Assert.Matches("aaaa a:9901 +99.50 % +200 +1 +12 ms +11 ms +30 ms +41 ms .*█", run.Out);
        Assert.Matches("bbbb b:9901 +silent", run.Out);
        Assert.Contains("bbbb b:9901 did not answer in time", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_AsJson_HasThePromisedShape()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.History = Sample();

        JsonElement json = (await QuRun.Of(daemon, "history", "web", "--json")).Json;

        Assert.Equal(0.998843, json.GetProperty("uptime").GetDouble());
        Assert.Equal("2026-03-01T12:00:00.000Z", json.GetProperty("to").GetString());
        Assert.Equal(100_000, json.GetProperty("outages")[0].GetProperty("duration_ms").GetInt64());
        JsonElement node = json.GetProperty("nodes")[0];
        Assert.Equal(12.4, node.GetProperty("results").GetProperty("mean_ms").GetDouble());
        Assert.Equal(9, node.GetProperty("points")[0].GetProperty("probes").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("nodes")[1].GetProperty("results").ValueKind);
        Assert.Equal("did not answer in time", json.GetProperty("nodes")[1].GetProperty("fault").GetString());
    }

    [Theory]
    [InlineData("1d", 86_400_000)]
    [InlineData("1d12h", 129_600_000)]
    [InlineData("90m", 5_400_000)]
    public async Task Since_InDaysOrLess_IsTheSpanThatIsAskedFor(string since, long span)
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.History = Sample();

        await QuRun.Of(daemon, "history", "web", "--since", since, "--node", "aaaa,b:9901");

        HistoryRequest request = Assert.IsType<HistoryRequest>(Assert.Single(daemon.Requests));
        Assert.Equal(span, request.SpanMs);
        Assert.Equal(["aaaa", "b:9901"], request.Nodes);
        Assert.Equal(["web"], request.Checks);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("0s")]
    [InlineData("400d")]
    public async Task Since_ThatIsNoSpanOrTooLong_IsWrongUsage(string since)
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        QuRun run = await QuRun.Of(daemon, "uptime", "--since", since);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("--since", run.Error, StringComparison.Ordinal);
        Assert.Empty(daemon.Requests);
    }

    [Fact]
    public async Task History_OfWhatIsNotThere_Fails()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.History = new HistoryReply { Fault = "no check 'nobody'; 'qu check list' shows them" };

        QuRun run = await QuRun.Of(daemon, "history", "nobody");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("no check 'nobody'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uptime_ForPeopleAndAsJson_HasTheClusterAndEachMember()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.History = Sample();

        QuRun run = await QuRun.Of(daemon, "uptime");
        JsonElement json = (await QuRun.Of(daemon, "uptime", "web", "--json")).Json;

        Assert.Matches("web +cluster +99.88 % +1m40s +1 ", run.Out);
        Assert.Matches("web +aaaa a:9901 +99.50 % +- +- +200 +1 +11 ms +30 ms", run.Out);
        Assert.Equal(2_592_000_000, daemon.Requests.OfType<HistoryRequest>().First().SpanMs);
        Assert.Equal(1, json[0].GetProperty("outages").GetInt32());
        Assert.Equal(199, json[0].GetProperty("nodes")[0].GetProperty("results").GetProperty("probes").GetInt64() - 1);
    }

    [Fact]
    public async Task Uptime_OfTooManyChecksForTheMembers_SaysHowToAskThem()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.History = Sample();
        daemon.History.Nodes.Clear();
        daemon.History.Checks[0].Nodes.Clear();

        Assert.Contains("name some to see what each member saw", (await QuRun.Of(daemon, "uptime")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckShow_HasStateAlertsOptionsVotesAndOutages_WithoutSecrets()
    {
        await using FakeDaemon daemon = await DaemonWithACheckAsync();

        QuRun run = await QuRun.Of(daemon, "check", "show", "web");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Contains("state    down, 1m ago", run.Out, StringComparison.Ordinal);
        Assert.Contains("alerts   ops*", run.Out, StringComparison.Ordinal);
        Assert.Contains("option   method = HEAD", run.Out, StringComparison.Ordinal);
        Assert.Contains("option   bearer = (set)", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-3141", run.Out, StringComparison.Ordinal);
        Assert.Matches("aaaa-1 +a:9901 +down +1.5 ms +3s +refused", run.Out);
        Assert.Matches("bbbb-2 +b:9901 +silent", run.Out);
        Assert.Contains("status 500\uFFFD[2J", run.Out, StringComparison.Ordinal);
        Assert.Equal(["c-1"], daemon.Requests.OfType<StatusRequest>().Single().VotesOf);
        Assert.Equal(["aaaa-1"], daemon.Requests.OfType<HistoryRequest>().Single().Nodes);
    }

    [Fact]
    public async Task CheckShow_AsJson_HasThePromisedShape()
    {
        await using FakeDaemon daemon = await DaemonWithACheckAsync();

        JsonElement json = (await QuRun.Of(daemon, "check", "show", "c-1", "--json")).Json;

        Assert.Equal("down", json.GetProperty("state").GetString());
        Assert.Equal("HEAD", json.GetProperty("method").GetString());
        Assert.Equal("ops*", json.GetProperty("effective_alerts")[0].GetString());
        Assert.Equal(1.5, json.GetProperty("votes")[0].GetProperty("latency_ms").GetDouble());
        Assert.Equal("silent", json.GetProperty("votes")[1].GetProperty("state").GetString());
        Assert.Equal("(set)", json.GetProperty("bearer").GetString());
        Assert.Equal(0.998843, json.GetProperty("uptime_30d").GetDouble());
    }

    [Fact]
    public async Task CheckShow_OfWhatIsNotThere_Fails()
    {
        await using FakeDaemon daemon = await DaemonWithACheckAsync();

        QuRun run = await QuRun.Of(daemon, "check", "show", "nobody");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("no check 'nobody'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 1, 2, 4, 8 }, "▂▃▅█")]
    [InlineData(new long[] { 5, 5, 5, 5 }, "████")]
    [InlineData(new long[] { -1, 5, 0, 5 }, "×█ █")]
    public void Sparkline_IsTheHigherTheSlower_WithFailuresAndGaps(long[] means, string line)
    {
        CheckResults results = new() { StepMs = 10 };
        for (int i = 0; i < means.Length; i++)
        {
            if (means[i] != 0)
                results.Points.Add(new ProbePoint { AtMs = i * 10, Sum = means[i] < 0 ? new ProbeSum { Count = 2, Failures = 2 } : new ProbeSum { Count = 2, MeanUs = means[i] } });
        }

        Assert.Equal(line, Sparkline.Of(results, 0, 40, 4));
    }

    [Fact]
    public void Sparkline_OfWhatAMemberMadeUp_IsNoFault()
    {
        CheckResults results = new() { StepMs = long.MaxValue };
        foreach (long value in (long[])[long.MinValue, -1, 0, long.MaxValue])
            results.Points.Add(new ProbePoint { AtMs = value, Sum = new ProbeSum { Count = value, Failures = -value, MeanUs = value } });
        results.Points.Add(new ProbePoint());

        Assert.Equal(8, Sparkline.Of(results, 0, 40, 8).Length);
        Assert.Equal("", Sparkline.Of(results, 40, 0, 8));
    }

    private static async Task<FakeDaemon> DaemonWithACheckAsync()
    {
        FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.History = Sample();
        daemon.State.Checks.Add(new Check
        {
            Id = "c-1", Name = "web", Type = CheckType.Http, Enabled = true, Target = "https://example.org/", IntervalMs = 30_000, TimeoutMs = 10_000,
            Http = new HttpOptions { Method = "HEAD", Bearer = new Secret { Text = "hush-3141" } },
        });
        CheckRow row = new() { Id = "c-1", Name = "web", Type = "http", State = "down", Ok = 0, Total = 2, Alerts = { "ops*" }, SinceMs = Now - 60_000, Detail = "refused" };
        row.Votes.Add(new VoteRow { NodeId = "aaaa-1", State = "down", LatencyUs = 1500, AgeMs = 3000, Detail = "refused" });
        daemon.Status = new StatusReply { NodeId = "aaaa-1", Checks = { row } };
        daemon.Status.Peers.Add(new PeerStatus { NodeId = "aaaa-1", Advertise = "a:9901" });
        daemon.Status.Peers.Add(new PeerStatus { NodeId = "bbbb-2", Advertise = "b:9901" });
        return daemon;
    }
}
