using System.Text.Json;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Commands;

public sealed class CheckCommandTests
{
    private static async Task<FakeDaemon> DaemonWithAlertsAsync()
    {
        FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.State.Alerts.Add(new Alert { Id = "a-1", Name = "ops", Type = AlertType.Webhook });
        daemon.State.Alerts.Add(new Alert { Id = "a-2", Name = "chat", Type = AlertType.Discord });
        daemon.State.Checks.Add(new Check
        {
            Id = "c-1", Name = "web", Type = CheckType.Http, Enabled = true, Target = "https://example.org/", IntervalMs = 30_000,
            TimeoutMs = 10_000, ExpectStatus = 200, BodyMatch = "fine", AlertIds = { "a-1" },
            Resolvers = { "1.1.1.1" }, ChangedIn = 5,
        });
        daemon.State.Checks.Add(new Check
        {
            Id = "c-2", Name = "db", Type = CheckType.Tcp, Target = "db:5432", IntervalMs = 90_000, TimeoutMs = 1500,
            SuppressAlertIds = { "a-2" },
        });
        return daemon;
    }

    [Fact]
    public async Task CheckAdd_Http_SendsTheDefaultsAndPrintsTheNewId()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, "check", "add", "http", "shop", "https://shop.example.org/",
            "--alerts", "ops,a-2,ops");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal("c-0123456789ab\n", run.Out);
        Check check = daemon.OnlyChange.PutCheck.Check;
        Assert.Equal(new Check
        {
            Name = "shop", Type = CheckType.Http, Enabled = true, Target = "https://shop.example.org/",
            IntervalMs = 30_000, TimeoutMs = 10_000, AlertIds = { "a-1", "a-2" },
        }, check);
        Assert.Equal(0, daemon.OnlyChange.PutCheck.ExpectedChangedIn);
        Assert.Equal(16, daemon.OnlyChange.Id.Length);
        Assert.True(Assert.IsType<ReadRequest>(daemon.Requests[0]).Fresh);
    }

    [Theory]
    [InlineData("file:/etc/quptime/api.token", "move it into the folder 'secrets'")]
    [InlineData("file:/etc/quptime/secrets/../api.token", "no node reads /etc/quptime/api.token")]
    [InlineData("env:API_TOKEN", "QUPTIME_SECRET_API_TOKEN")]
    public async Task Check_WithASecretWhereNoDaemonReads_IsAddedAndEditedWithAWarning(string secret, string words)
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun added = await QuRun.Of(daemon, "check", "add", "http", "shop", "https://shop.example.org/", "--bearer", secret);
        QuRun edited = await QuRun.Of(daemon, "check", "edit", "web", "--headers", $"X-Key: {secret}");

        Assert.Equal((ExitCode.Done, "c-0123456789ab\n", ExitCode.Done), (added.Exit, added.Out, edited.Exit));
        Assert.Contains("warning: check shop: bearer: ", added.Error, StringComparison.Ordinal);
        Assert.Contains("warning: check web: headers.X-Key: ", edited.Error, StringComparison.Ordinal);
        Assert.Contains(words, added.Error, StringComparison.Ordinal);
        Assert.Contains(words, edited.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:/etc/quptime/secrets/api.token")]
    [InlineData("file:/home/qu/.config/quptime/secrets/shop/api.token")]
    [InlineData("env:QUPTIME_SECRET_API")]
    [InlineData("geheim")]
    public async Task Check_WithASecretThatCanBeRead_IsAddedWithoutAWarning(string secret)
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, "check", "add", "http", "shop", "https://shop.example.org/", "--bearer", secret);

        Assert.DoesNotContain("warning", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Else another server is watched than the one that is named, and nobody knows.</summary>
    [Fact]
    public async Task CheckDns_WhoseServerIsNotAsked_IsTold()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();
        QuRun asked = await QuRun.Of(daemon, "check", "add", "dns", "ns", "example.org", "--resolver", "ns1.example.org:5353");
        QuRun own = await QuRun.Of(daemon, "check", "add", "dns", "ns", "example.org", "--resolver", "192.0.2.53", "--resolvers", "192.0.2.54");
        daemon.State.Resolvers.Add("9.9.9.9");
        QuRun cluster = await QuRun.Of(daemon, "check", "add", "dns", "ns", "example.org", "--resolver", "192.0.2.53");
        daemon.State.Checks.Add(daemon.Changes[^1].PutCheck.Check);
        QuRun set = await QuRun.Of(daemon, "cluster", "resolvers", "set", "1.1.1.1");

        Assert.DoesNotContain("warning", asked.Error, StringComparison.Ordinal);
        Assert.Contains("192.0.2.53 is not asked: the resolvers of the check come before it (192.0.2.54)", own.Error, StringComparison.Ordinal);
        Assert.Contains("the resolvers of the cluster come before it (9.9.9.9)", cluster.Error, StringComparison.Ordinal);
        Assert.Contains("the resolvers of the cluster come before it (1.1.1.1)", set.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:53")]
    [InlineData("::")]
    [InlineData("ns1.example.org:99999")]
    [InlineData("two words")]
    public async Task CheckDns_WithAServerThatIsNone_IsRefused(string server)
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, "check", "add", "dns", "ns", "example.org", "--resolver", server);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("host or host:port is allowed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAdd_ShortIntervalAlone_GetsATimeoutThatFits()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        await QuRun.Of(daemon, "check", "add", "tcp", "db", "db.example.org:5432", "--interval", "5s");

        Assert.Equal(5_000, daemon.OnlyChange.PutCheck.Check.TimeoutMs);
    }

    [Fact]
    public async Task CheckAdd_HttpWithJsonConditions_SendsThem()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, "check", "add", "http", "api", "https://api.example.org/", "--expect-json", "$.status == ok");

        Assert.Equal((ExitCode.Done, "c-0123456789ab\n"), (run.Exit, run.Out));
        Assert.Equal("$.status", Assert.Single(daemon.OnlyChange.PutCheck.Check.Http.Json).Path);
    }

    [Fact]
    public async Task CheckAdd_TcpWithEveryOption_SendsThem()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, "check", "add", "tcp", "v6", "[2001:db8::1]:5432",
            "--interval", "1m30s", "--timeout", "1500ms",
            "--suppress-alerts", "chat", "--resolvers", "1.1.1.1,[2620:fe::fe]:53", "--json");

        Assert.Equal("c-0123456789ab", run.Json.GetProperty("id").GetString());
        Assert.Equal(8, run.Json.GetProperty("config_version").GetInt64());
        Assert.Equal(new Check
        {
            Name = "v6", Type = CheckType.Tcp, Enabled = true, Target = "[2001:db8::1]:5432",
            IntervalMs = 90_000, TimeoutMs = 1500,
            SuppressAlertIds = { "a-2" }, Resolvers = { "1.1.1.1", "[2620:fe::fe]:53" },
        }, daemon.OnlyChange.PutCheck.Check);
    }

    [Fact]
    public async Task CheckAdd_UnknownAlert_FailsAndSendsNothing()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, "check", "add", "tcp", "x", "x:1", "--alerts", "nobody");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("no alert 'nobody'", run.Error, StringComparison.Ordinal);
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task CheckEdit_OneOption_KeepsTheRestAndNamesTheVersionItStartedFrom()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();
        Check wanted = daemon.State.Checks[0].Clone();
        wanted.IntervalMs = 5000;

        QuRun run = await QuRun.Of(daemon, "check", "edit", "web", "--interval", "5s");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Empty(run.Out);
        Assert.Equal(wanted, daemon.OnlyChange.PutCheck.Check);
        Assert.Equal(5, daemon.OnlyChange.PutCheck.ExpectedChangedIn);
    }

    [Fact]
    public async Task CheckEdit_EmptyValues_ClearLists()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        await QuRun.Of(daemon, "check", "edit", "c-1",
            "--alerts", "", "--resolvers", "", "--body-match", "", "--expect", "0", "--name", "site");

        Check check = daemon.OnlyChange.PutCheck.Check;
        Assert.Empty(check.AlertIds);
        Assert.Empty(check.Resolvers);
        Assert.Empty(check.BodyMatch);
        Assert.Equal(0, check.ExpectStatus);
        Assert.Equal("site", check.Name);
    }

    [Theory]
    [InlineData("db", "--method", "HEAD", "--method is for http checks")]
    [InlineData("db", "--body-match", "x", "--body-match is for http checks")]
    [InlineData("db", "--target", "https://example.org/", "--target:")]
    [InlineData("web", "--target", "db:5432", "--target:")]
    public async Task CheckEdit_OptionOfAnotherKind_IsWrongUsage(string name, string option, string value, string words)
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, "check", "edit", name, option, value);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task CheckDisable_ByName_TurnsItOff()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        await QuRun.Of(daemon, "check", "disable", "web");

        Assert.Equal("c-1", daemon.OnlyChange.PutCheck.Check.Id);
        Assert.False(daemon.OnlyChange.PutCheck.Check.Enabled);
        Assert.Equal(5, daemon.OnlyChange.PutCheck.ExpectedChangedIn);
    }

    [Theory]
    [InlineData("edit", "--interval=1s")]
    [InlineData("enable", null)]
    [InlineData("disable", null)]
    public async Task CheckCommands_UnknownName_Fail(string command, string? option)
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, option is null ? ["check", command, "nobody"] : ["check", command, "nobody", option]);

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("no check 'nobody'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckList_AsJson_IsAnArrayWithNamesOfAlerts()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        JsonElement json = (await QuRun.Of(daemon, "check", "list", "--json")).Json;

        Assert.Equal(2, json.GetArrayLength());
        Assert.Equal("ops", json[0].GetProperty("alerts")[0].GetString());
        Assert.Equal("30s", json[0].GetProperty("interval").GetString());
        Assert.Equal("1s500ms", json[1].GetProperty("timeout").GetString());
        Assert.Equal("chat", json[1].GetProperty("suppress_alerts")[0].GetString());
        Assert.False(json[1].GetProperty("enabled").GetBoolean());
    }

    [Theory]
    [InlineData("check")]
    [InlineData("alert")]
    [InlineData("enroll")]
    [InlineData("node")]
    [InlineData("trust")]
    public async Task List_NothingThereAsJson_IsAnEmptyArray(string group)
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        QuRun run = await QuRun.Of(daemon, group, "list", "--json");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal("[]", run.Out.Trim());
    }

    [Theory]
    [InlineData(nameof(RefusalReason.Invalid), 2)]
    [InlineData(nameof(RefusalReason.NameTaken), 1)]
    [InlineData(nameof(RefusalReason.NotFound), 1)]
    [InlineData(nameof(RefusalReason.Conflict), 1)]
    [InlineData(nameof(RefusalReason.Limit), 1)]
    [InlineData(nameof(RefusalReason.NotAllowed), 1)]
    [InlineData(nameof(RefusalReason.TokenUnknown), 3)]
    [InlineData(nameof(RefusalReason.TokenExpired), 3)]
    [InlineData(nameof(RefusalReason.TokenUsed), 3)]
    public async Task Change_Refused_SaysWhyWithItsCode(string reason, int exit)
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Reply = FakeDaemon.Refusal(Enum.Parse<RefusalReason>(reason), "the words of the cluster");

        QuRun run = await QuRun.Of(daemon, "check", "remove", "web", "--json");

        Assert.Equal(exit, (int)run.Exit);
        Assert.Empty(run.Out);
        Assert.Contains("qu: the words of the cluster", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_NoQuorum_ExitsUnreachable()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Reply = new ChangeReply { NoQuorum = true, Message = "1 of 3 voters is live, 2 are needed" };

        QuRun run = await QuRun.Of(daemon, "cluster", "resolvers", "clear");

        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Contains("2 are needed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OutcomeMissing_IsNotTakenForDone()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Reply = new ChangeReply();

        Assert.Equal(ExitCode.Failed, (await QuRun.Of(daemon, "check", "remove", "web")).Exit);
        daemon.Reply = new ChangeReply { Outcome = new Outcome() };
        Assert.Equal(ExitCode.Failed, (await QuRun.Of(daemon, "check", "remove", "web")).Exit);
    }
}
