using Uptrakit.Qu.Control;

namespace Uptrakit.Tests.Commands;

public sealed class CheckTestCommandTests
{
    [Fact]
    public async Task CheckTest_AllDelivered_IsDoneAndShowsEach()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.CheckTest = Reply(new TestedAlert { Id = "a-1", Name = "ops", Type = "webhook", Told = true, Delivered = true },
            new TestedAlert { Id = "a-2", Name = "team", Type = "discord", Detail = "does not tell degraded" });

        QuRun run = await QuRun.Of(daemon, "check", "test", "web", "--state", "degraded");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Contains("ops", run.Out, StringComparison.Ordinal);
        Assert.Contains("not sent", run.Out, StringComparison.Ordinal);
        TestCheckRequest asked = Assert.Single(daemon.Requests.OfType<TestCheckRequest>());
        Assert.Equal(("web", "degraded"), (asked.Id, asked.State));
    }

    [Fact]
    public async Task CheckTest_OneFailed_IsAFailureAndJsonSaysWhich()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.CheckTest = Reply(new TestedAlert { Id = "a-1", Name = "ops", Type = "webhook", Told = true, Delivered = true },
            new TestedAlert { Id = "a-2", Name = "team", Type = "discord", Told = true, Detail = "HTTP 503" });

        QuRun run = await QuRun.Of(daemon, "check", "test", "web", "--json");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("1 of 2", run.Error, StringComparison.Ordinal);
        Assert.Equal("down", run.Json.GetProperty("state").GetString());
        Assert.Equal([true, false], run.Json.GetProperty("alerts").EnumerateArray().Select(static alert => alert.GetProperty("delivered").GetBoolean()));
        Assert.Equal("HTTP 503", run.Json.GetProperty("alerts")[1].GetProperty("detail").GetString());
    }

    [Fact]
    public async Task CheckTest_NobodyWouldBeTold_IsAFailure()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.CheckTest = Reply();

        QuRun run = await QuRun.Of(daemon, "check", "test", "web");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("nobody would be told", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckTest_UnknownCheck_IsAFailure()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        Assert.Equal(ExitCode.Failed, (await QuRun.Of(daemon, "check", "test", "nothing")).Exit);
    }

    [Fact]
    public async Task CheckTest_UnknownState_IsWrongUsageAndAsksNobody()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        QuRun run = await QuRun.Of(daemon, "check", "test", "web", "--state", "sideways");

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("--state", run.Error, StringComparison.Ordinal);
        Assert.Empty(daemon.Requests);
    }

    private static TestCheckReply Reply(params TestedAlert[] alerts)
    {
        TestCheckReply reply = new() { Found = true, CheckId = "c-1", CheckName = "web" };
        reply.Alerts.AddRange(alerts);
        return reply;
    }
}
