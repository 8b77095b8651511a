using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Commands;

public sealed class AlertCommandTests
{
    private const string Secret = "hush-hush-3141";

    private static async Task<FakeDaemon> DaemonWithAlertsAsync()
    {
        FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.State.Alerts.Add(new Alert
        {
            Id = "a-1", Name = "ops", Type = AlertType.Webhook, Enabled = true, ChangedIn = 4, Secret = Secret,
            Url = $"https://user:{Secret}@hooks.example.org:8443/qu?key={Secret}",
        });
        daemon.State.Alerts.Add(new Alert
        {
            Id = "a-2", Name = "chat", Type = AlertType.Discord, Enabled = true, IsDefault = true,
            Url = $"https://discord.com/api/webhooks/1234/{Secret}",
        });
        return daemon;
    }

    [Theory]
    [InlineData("--json")]
    [InlineData(null)]
    public async Task AlertList_Always_LeavesSecretsOut(string? json)
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, json is null ? ["alert", "list"] : ["alert", "list", json]);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.DoesNotContain(Secret, run.Out + run.Error, StringComparison.Ordinal);
        Assert.Contains("https://discord.com/api/webhooks/1234/***", run.Out, StringComparison.Ordinal);
        Assert.Contains("https://***@hooks.example.org:8443/qu?***", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alert_WithASecretWhereNoDaemonReads_IsAddedAndEditedWithAWarning()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();
        string[] add = ["alert", "add", "gotify", "push", "--url", "https://gotify.example.org", "--token"];

        QuRun added = await QuRun.Of(daemon, [.. add, "file:/etc/quptime/gotify.token"]);
        QuRun right = await QuRun.Of(daemon, [.. add, "file:/etc/quptime/secrets/gotify.token"]);
        QuRun edited = await QuRun.Of(daemon, "alert", "edit", "ops", "--set", "secret=env:HOOK");

        Assert.Equal((ExitCode.Done, ExitCode.Done, ExitCode.Done), (added.Exit, right.Exit, edited.Exit));
        Assert.Contains("warning: alert push: token: no node reads /etc/quptime/gotify.token", added.Error, StringComparison.Ordinal);
        Assert.Contains("such as /etc/quptime/secrets/gotify.token", added.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", right.Error, StringComparison.Ordinal);
        Assert.Contains("set QUPTIME_SECRET_HOOK for the daemon of each node", edited.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AlertList_AsJson_IsAnArray()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, "alert", "list", "--json");

        Assert.Equal("discord", run.Json[1].GetProperty("type").GetString());
        Assert.True(run.Json[1].GetProperty("default").GetBoolean());
    }

    [Fact]
    public async Task AlertAddWebhook_SecretOnStandardInput_IsSentAndNotShown()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon.Socket, Secret + "\n",
            ["alert", "add", "webhook", "new", "--url", "https://hooks.example.org/", "--secret-file", "-", "--default"]);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(new Alert
        {
            Name = "new", Type = AlertType.Webhook, Enabled = true, IsDefault = true,
            Url = "https://hooks.example.org/", Secret = Secret,
        }, daemon.OnlyChange.PutAlert.Alert);
        Assert.DoesNotContain(Secret, run.Out + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AlertAddDiscord_UrlFromAFile_IsSentAndNotShown()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();
        string file = Path.GetTempFileName();
        string url = $"https://discord.com/api/webhooks/1/{Secret}";
        await File.WriteAllTextAsync(file, url + "\n", TestContext.Current.CancellationToken);

        QuRun run = await QuRun.Of(daemon, "alert", "add", "discord", "team", "--webhook-file", file);
        File.Delete(file);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(url, daemon.OnlyChange.PutAlert.Alert.Url);
        Assert.DoesNotContain(Secret, run.Out + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("two\nlines", "more than one line")]
    [InlineData("hush-hush-3141 not a url", "must be a URL that starts with")]
    [InlineData("hush-hush-3141", "must be a URL that starts with http:// or https://")]
    public async Task AlertAddDiscord_BadUrlOnStandardInput_IsRefusedWithoutRepeatingIt(string input, string words)
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon.Socket, input, ["alert", "add", "discord", "team", "--webhook-file", "-"]);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, run.Error, StringComparison.Ordinal);
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task AlertAddDiscord_BadUrlAsArgument_IsRefusedWithoutRepeatingIt()
    {
        QuRun run = await QuRun.Of("/nowhere/q.sock", "",
            ["alert", "add", "discord", "team", "--webhook", $"htps://discord.com/{Secret}"]);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.DoesNotContain(Secret, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AlertEdit_SecretFileThatIsNotThere_IsWrongUsage()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        QuRun run = await QuRun.Of(daemon, "alert", "edit", "ops", "--secret-file", "/nowhere/key");

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("--secret-file: cannot read /nowhere/key", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AlertEdit_SecretForDiscord_IsWrongUsage()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        Assert.Equal(ExitCode.Usage, (await QuRun.Of(daemon.Socket, "x", ["alert", "edit", "chat", "--secret-file", "-"])).Exit);
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task AlertDefault_Off_ChangesOnlyThat()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();
        Alert wanted = daemon.State.Alerts[0].Clone();
        wanted.IsDefault = true;

        QuRun run = await QuRun.Of(daemon, "alert", "default", "ops", "on");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(wanted, daemon.OnlyChange.PutAlert.Alert);
        Assert.Equal(4, daemon.OnlyChange.PutAlert.ExpectedChangedIn);
    }

    [Fact]
    public async Task AlertEdit_NewName_IsSent()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        await QuRun.Of(daemon, "alert", "edit", "a-2", "--name", "room", "--default", "off");

        Assert.Equal("room", daemon.OnlyChange.PutAlert.Alert.Name);
        Assert.False(daemon.OnlyChange.PutAlert.Alert.IsDefault);
    }

    [Fact]
    public async Task AlertTest_Results_BecomeExitCodes()
    {
        await using FakeDaemon daemon = await DaemonWithAlertsAsync();

        daemon.Test = new TestAlertReply { Found = true, Delivered = true };
        Assert.Equal(ExitCode.Done, (await QuRun.Of(daemon, "alert", "test", "ops")).Exit);
        daemon.Test = new TestAlertReply { Found = true, Message = "answered 503" };
        QuRun failed = await QuRun.Of(daemon, "alert", "test", "ops");
        Assert.Equal(ExitCode.Failed, failed.Exit);
        Assert.Contains("answered 503", failed.Error, StringComparison.Ordinal);
        daemon.Test = new TestAlertReply();
        Assert.Equal(ExitCode.Failed, (await QuRun.Of(daemon, "alert", "test", "nobody")).Exit);
    }
}
