using Grpc.Core;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Commands;

public sealed class ConfigurationCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("config-").FullName;

    private string Path(string name) => System.IO.Path.Combine(folder, name);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Apply_AChangedFile_ShowsThePlanAndSendsOneChange()
    {
        await using FakeDaemon daemon = await DaemonAsync();

        QuRun run = await ApplyAsync(daemon, "checks:\n  - {name: web, type: http, target: \"https://example.org/\", interval: 10s, alerts: [ops]}\n  - {name: db, type: tcp, target: \"db:5432\"}\n");

        Assert.Equal((ExitCode.Done, "applied; the configuration is at version 8\n"), (run.Exit, run.Error));
        Assert.Equal("""
            ~ check web
                interval: 30s → 10s
            + check db
                type: tcp
                enabled: true
                target: db:5432
                interval: 30s
                timeout: 10s
            1 to add, 1 to change, 0 to remove

            """, run.Out);
        ApplyEdit edit = daemon.OnlyChange.ApplyEdit;
        Assert.Equal((7, 5, 0), (edit.BaseVersion, edit.PutChecks[0].ExpectedChangedIn, edit.PutChecks[1].ExpectedChangedIn));
        ReadRequest asked = Assert.IsType<ReadRequest>(daemon.Requests[0]);
        Assert.True(asked is { Fresh: true, Secrets: true });
    }

    [Fact]
    public async Task Apply_OfASecretWhereNoDaemonReads_IsDoneWithAWarning()
    {
        await using FakeDaemon daemon = await DaemonAsync();

        QuRun run = await ApplyAsync(daemon, "checks:\n  - {name: api, type: http, target: \"https://example.org/\", bearer: \"file:/etc/quptime/api.token\"}\n");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Contains("warning: check api: bearer: no node reads /etc/quptime/api.token", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--dry-run")]
    [InlineData("--dry-run", "--json")]
    public async Task Apply_DryRun_SendsNothing(params string[] more)
    {
        await using FakeDaemon daemon = await DaemonAsync();

        QuRun run = await ApplyAsync(daemon, "checks:\n  - {name: db, type: tcp, target: \"db:5432\"}\n", more);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.NotEmpty(run.Out);
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task Apply_WhatIsThere_ChangesNothingAndSendsNothing()
    {
        await using FakeDaemon daemon = await DaemonAsync();

        QuRun run = await ApplyAsync(daemon, (await QuRun.Of(daemon, "export", "--secrets")).Out, "--prune");

        Assert.Equal((ExitCode.Done, "", "no changes\n"), (run.Exit, run.Out, run.Error));
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task Apply_AsJson_HasThePlanAndWhatBecameOfIt()
    {
        await using FakeDaemon daemon = await DaemonAsync();

        QuRun run = await ApplyAsync(daemon, "resolvers: []\nalerts:\n  - {name: ops, type: webhook, url: \"https://geheim.example.org/2\", default: true}\nchecks: []\nmaintenance: []\n", "--prune", "--json");

        Assert.Equal((0, 2, 1, true, 8), (run.Json.GetProperty("add").GetInt32(), run.Json.GetProperty("change").GetInt32(),
            run.Json.GetProperty("remove").GetInt32(), run.Json.GetProperty("applied").GetBoolean(), run.Json.GetProperty("config_version").GetInt64()));
        Assert.Contains("\"secret\": true", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", run.Out + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_FromStandardInput_NamesItInFaults()
    {
        await using FakeDaemon daemon = await DaemonAsync();

        QuRun run = await QuRun.Of(daemon.Socket, "checks:\n  - {name: x, type: htp, target: y}\n", ["apply", "-f", "-"]);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.StartsWith("standard input:2:21: type: 'htp' is not known", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("qu: 1 fault in standard input; nothing was changed\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("\t{{{", "not YAML")]
    [InlineData("- a\n- b\n", "expected fields")]
    [InlineData("checks: &a []\n", "anchors")]
    [InlineData("checks: *a\n", "aliases")]
    [InlineData("checks: !!seq []\n", "tags")]
    [InlineData("checks: []\nchecks: []\n", "twice")]
    [InlineData("checks: []\n---\nchecks: []\n", "second document")]
    [InlineData("checks:\n  - name: \u001b[31mred\n    type: tcp\n    target: \"a:1\"\n", "control character")]
    [InlineData("checks: {}\n", "expected a list")]
    [InlineData("checks: [5]\n", "expected an item with fields")]
    [InlineData("version: 5\n", "is written by the cluster")]
    [InlineData("chekcs: []\n", "did you mean 'checks'?")]
    [InlineData("checks: [{name: a, type: tcp, target: \"a:1\", interval: [1]}]\n", "expected text")]
    [InlineData("alerts: [{name: a, type: webhook, url: \"https://geheim.example.org/ a\"}]\n", "url: has a character")]
    public async Task Apply_ABrokenFile_IsExitCode2WithTheLine(string text, string words)
    {
        await using FakeDaemon daemon = await DaemonAsync();

        QuRun run = await ApplyAsync(daemon, text);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Contains(Path("file.yaml"), run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Error);
        Assert.Empty(run.Out);
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task Apply_AFileThatCannotBeRead_IsExitCode2()
    {
        await using FakeDaemon daemon = await DaemonAsync();
        await File.WriteAllBytesAsync(Path("latin1.yaml"), [0x63, 0x3a, 0x20, 0xe4], TestContext.Current.CancellationToken);
        using (FileStream large = File.Create(Path("large.yaml")))
            large.SetLength(33 * 1024 * 1024);

        foreach ((string file, string words) in ((string, string)[])
            [(Path("none"), "cannot be read"), (folder, "cannot be read"), (Path("latin1.yaml"), "not text in UTF-8"), (Path("large.yaml"), "larger than 32 MiB"), ("/dev/zero", "larger than 32 MiB")])
        {
            QuRun run = await QuRun.Of(daemon, "apply", "-f", file);

            Assert.Equal(ExitCode.Usage, run.Exit);
            Assert.Contains(words, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Apply_ABrokenFileWithoutADaemon_TellsTheFaultsOfTheFile()
    {
        QuRun broken = await QuRun.Of("/nowhere/q.sock", "checks:\n  - {name: x}\n", ["apply", "-f", "-"]);
        QuRun good = await QuRun.Of("/nowhere/q.sock", "checks: []\n", ["apply", "-f", "-"]);

        Assert.Equal((ExitCode.Usage, ExitCode.Unreachable), (broken.Exit, good.Exit));
        Assert.Contains("standard input:2:5: type: is missing", broken.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(RefusalReason.Conflict), 1)]
    [InlineData(nameof(RefusalReason.Invalid), 2)]
    public async Task Apply_ThatTheClusterRefuses_SaysSo(string reason, int code)
    {
        await using FakeDaemon daemon = await DaemonAsync();
        daemon.Reply = FakeDaemon.Refusal(Enum.Parse<RefusalReason>(reason), "check 'web' was changed in version 9");

        QuRun run = await ApplyAsync(daemon, "checks:\n  - {name: db, type: tcp, target: \"db:5432\"}\n", "--json");

        Assert.Equal((ExitCode)code, run.Exit);
        Assert.False(run.Json.GetProperty("applied").GetBoolean());
        Assert.Contains("was changed in version 9", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_AChangeLargerThanACommand_IsToldBeforeItIsSent()
    {
        await using FakeDaemon daemon = await DaemonAsync();
        string many = "checks:\n" + string.Concat(Enumerable.Range(0, 400).Select(i =>
            $"  - {{name: n{i}, type: http, target: \"https://example.org/\", body: \"{new string('x', 12_000)}\"}}\n"));

        QuRun run = await ApplyAsync(daemon, many);

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("at most 4 MiB", run.Error, StringComparison.Ordinal);
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task Export_LeavesSecretsOutUnlessAsked_AndIsJsonIfAsked()
    {
        await using FakeDaemon daemon = await DaemonAsync();

        QuRun without = await QuRun.Of(daemon, "export");
        QuRun with = await QuRun.Of(daemon, "export", "--secrets");
        QuRun json = await QuRun.Of(daemon, "export", "--json");
        QuRun back = await QuRun.Of(daemon.Socket, json.Out, ["apply", "-f", "-"]);

        Assert.DoesNotContain("geheim", without.Out, StringComparison.Ordinal);
        Assert.Contains("1 secrets were left out", without.Error, StringComparison.Ordinal);
        Assert.Contains("https://geheim.example.org/", with.Out, StringComparison.Ordinal);
        Assert.Contains("this holds secrets", with.Error, StringComparison.Ordinal);
        Assert.Equal("web", json.Json.GetProperty("checks")[0].GetProperty("name").GetString());
        Assert.Equal((ExitCode.Done, "no changes\n"), (back.Exit, back.Error));
    }

    [Fact]
    public async Task Backup_ThenRestore_SendsBackWhatWasThere()
    {
        await using FakeDaemon daemon = await DaemonAsync();
        daemon.State.ClusterId = "3f8fad5b-d9cb-469f-a165-70867728950e";
        await using FakeDaemon fresh = await FakeDaemon.StartAsync();

        QuRun saved = await QuRun.Of(daemon, "backup", "-o", Path("qu.backup"), "--json");
        QuRun restored = await QuRun.Of(fresh, "restore", Path("qu.backup"), "-y");

        Assert.Equal((ExitCode.Done, ExitCode.Done), (saved.Exit, restored.Exit));
        Assert.Equal((1, "3f8fad5b-d9cb-469f-a165-70867728950e"), (saved.Json.GetProperty("checks").GetInt32(), saved.Json.GetProperty("cluster_id").GetString()));
        Restore sent = fresh.OnlyChange.Restore;
        Assert.Equal(daemon.State.Checks, sent.Checks);
        Assert.Equal(daemon.State.Alerts, sent.Alerts);
        Assert.True(sent is { Begins: true, Replaces: false });
        Assert.Contains("which join by new tokens", restored.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", saved.Error + saved.Out + restored.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_OfSecretsThatTheNodeCannotOpen_IsRefused()
    {
        await using FakeDaemon daemon = await DaemonAsync();
        daemon.State.ClusterId = "3f8fad5b-d9cb-469f-a165-70867728950e";
        daemon.State.Closed.Add("alert 'ops'");

        QuRun run = await QuRun.Of(daemon, "backup", "-o", Path("qu.backup"));

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("cannot open the secrets of alert 'ops'", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path("qu.backup")));
    }

    [Fact]
    public async Task Restore_IntoAClusterThatHasSomething_IsRefusedUnlessToldTo()
    {
        await using FakeDaemon daemon = await DaemonAsync();
        daemon.State.ClusterId = "3f8fad5b-d9cb-469f-a165-70867728950e";
        await QuRun.Of(daemon, "backup", "-o", Path("qu.backup"));

        QuRun refused = await QuRun.Of(daemon, "restore", Path("qu.backup"), "-y");
        QuRun unasked = await QuRun.Of(daemon, "restore", Path("qu.backup"), "--replace");
        Assert.Empty(daemon.Changes);
        QuRun told = await QuRun.Of(daemon, "restore", Path("qu.backup"), "--replace", "-y");

        Assert.Equal((ExitCode.Failed, ExitCode.Usage, ExitCode.Done), (refused.Exit, unasked.Exit, told.Exit));
        Assert.Contains("--replace", refused.Error, StringComparison.Ordinal);
        Assert.True(daemon.OnlyChange.Restore.Replaces);
    }

    [Fact]
    public async Task Restore_OfWhatIsNoBackup_IsRefusedBeforeAnybodyIsAsked()
    {
        await using FakeDaemon daemon = await DaemonAsync();
        await File.WriteAllTextAsync(Path("file.yaml"), "checks: []\n", TestContext.Current.CancellationToken);

        foreach (string file in (string[])[Path("none"), Path("file.yaml"), folder])
            Assert.Equal(ExitCode.Failed, (await QuRun.Of(daemon, "restore", file, "-y")).Exit);

        Assert.Empty(daemon.Requests);
    }

    [Fact]
    public async Task Backup_WithoutQuorum_NamesTheWayOut()
    {
        await using FakeDaemon daemon = await DaemonAsync();
        daemon.Fault = new RpcException(new Status(StatusCode.Unavailable, "there is no quorum"));

        QuRun run = await QuRun.Of(daemon, "backup", "-o", Path("qu.backup"));

        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Contains("--stale", run.Error, StringComparison.Ordinal);
        daemon.Fault = null;
        daemon.State.ClusterId = "x";
        await QuRun.Of(daemon, "backup", "-o", Path("qu.backup"), "--stale");
        Assert.False(Assert.IsType<ReadRequest>(daemon.Requests[^1]).Fresh);
    }

    [Fact]
    public async Task Backup_WhereItCannotBeWritten_SaysWhy()
    {
        await using FakeDaemon daemon = await DaemonAsync();
        daemon.State.ClusterId = "x";
        await File.WriteAllTextAsync(Path("precious"), "text", TestContext.Current.CancellationToken);

        foreach (string file in (string[])[Path("none/qu.backup"), Path("precious"), folder])
        {
            QuRun run = await QuRun.Of(daemon, "backup", "-o", file);

            Assert.Equal(ExitCode.Failed, run.Exit);
            Assert.StartsWith("qu: --output: ", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Import_WritesOursAndTellsTheRest_AndAsksNobody()
    {
        await File.WriteAllTextAsync(Path("gatus.yaml"),
            "endpoints:\n  - {name: a, url: \"icmp://192.0.2.1\"}\n  - {name: \"b\\u202E\", url: \"ssh://x\"}\nui: {title: x}\n", TestContext.Current.CancellationToken);

        QuRun run = await QuRun.Of("/nowhere/q.sock", "", ["import", "gatus", Path("gatus.yaml")]);
        QuRun json = await QuRun.Of("/nowhere/q.sock", "{\"monitorList\": []}", ["import", "uptime-kuma", "-", "--json"]);
        QuRun none = await QuRun.Of("/nowhere/q.sock", "nonsense", ["import", "uptime-kuma", "-"]);

        Assert.Equal((ExitCode.Done, ExitCode.Done, ExitCode.Usage), (run.Exit, json.Exit, none.Exit));
        Assert.Contains("checks:\n  - name: a\n    type: icmp\n", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("resolvers:", run.Out, StringComparison.Ordinal);
        Assert.Contains("check 'b' is left out: 'ssh' is no kind of target that qu probes\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("section 'ui' is left out", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, json.Json.GetProperty("checks").GetArrayLength());
        Assert.StartsWith("qu: standard input: is not JSON", none.Error, StringComparison.Ordinal);
    }

    private static async Task<FakeDaemon> DaemonAsync()
    {
        FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.State.Resolvers.Add("192.0.2.53");
        daemon.State.Alerts.Add(new Alert
        {
            Id = "a-000000000001", Name = "ops", Type = AlertType.Webhook, Enabled = true, IsDefault = true, Url = "https://geheim.example.org/", ChangedIn = 3,
        });
        daemon.State.Checks.Add(new Check
        {
            Id = "c-000000000001", Name = "web", Type = CheckType.Http, Enabled = true, Target = "https://example.org/", IntervalMs = 30_000, TimeoutMs = 10_000,
            AlertIds = { "a-000000000001" }, ChangedIn = 5,
        });
        return daemon;
    }

    private async Task<QuRun> ApplyAsync(FakeDaemon daemon, string text, params string[] more)
    {
        await File.WriteAllTextAsync(Path("file.yaml"), text, TestContext.Current.CancellationToken);
        return await QuRun.Of(daemon, ["apply", "-f", Path("file.yaml"), .. more]);
    }
}
