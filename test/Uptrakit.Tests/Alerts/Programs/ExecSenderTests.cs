using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Programs;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Alerts.Programs;

public sealed class ExecSenderTests : IDisposable
{
    private readonly TestWorld world = new();
    private readonly ScratchFolder scratch = new();
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(TestAlerts.At));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        world.Dispose();
        scratch.Dispose();
    }

    [Fact]
    public async Task Message_ToAProgram_IsOnItsInputAndInItsVariables()
    {
        Script("hook", "cat > in; env | sort > env; printf '%s' \"$#\" > args");
        OutboxEntry entry = TestAlerts.Entry();
        entry.CheckName = "$(touch /tmp/evil); `id`";

        Assert.Equal(SendResult.Done, await SendAsync("hook", AlertMessage.Of(entry)));

        using JsonDocument input = JsonDocument.Parse(await File.ReadAllTextAsync(scratch["in"], Cancel));
        Assert.Equal("o-1", input.RootElement.GetProperty("id").GetString());
        Assert.Equal("DOWN", input.RootElement.GetProperty("verb").GetString());
        string[] variables = await File.ReadAllLinesAsync(scratch["env"], Cancel);
        Assert.Contains("UPTRAKIT_VERB=DOWN", variables);
        Assert.Contains("UPTRAKIT_MESSAGE=o-1", variables);
        Assert.Contains("UPTRAKIT_STATE=down", variables);
        Assert.Contains("UPTRAKIT_CHECK=$(touch /tmp/evil); `id`", variables);
        // Nothing of the daemon's own environment.
        Assert.All(variables, v => Assert.Matches("^(UPTRAKIT_|PATH=|LANG=|PWD=|SHLVL=|_=|OLDPWD=)", v));
        Assert.Equal("0", await File.ReadAllTextAsync(scratch["args"], Cancel));
    }

    [Theory]
    [InlineData("exit 0", null)]
    [InlineData("exit 75", true)]
    [InlineData("exit 1", true)]
    [InlineData("exit 64", false)]
    [InlineData("exit 127", false)]
    public async Task ExitCode_OfTheProgram_IsFinalOrNot(string body, bool? retry)
    {
        Script("hook", body);

        SendResult result = await SendAsync("hook");

        Assert.Equal(retry, (result as SendResult.Failed)?.Retry);
    }

    [Fact]
    public async Task Program_ThatHangs_IsKilledWithAllItsChildren()
    {
        // The child's own parent has ended: only the group still tells whose it is.
        Script("hook", "(sleep 1000 & echo $! > child); trap '' TERM INT; echo $$ > self; while :; do sleep 1; done");

        Task<SendResult> sending = SendAsync("hook").AsTask();
        await Poll.UntilAsync(() => File.Exists(scratch["self"]) && new FileInfo(scratch["self"]).Length > 0);
        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(new SendResult.Failed("the program did not end within 30 s and was killed", Retry: true), await sending);
        foreach (string name in (string[])["self", "child"])
        {
            int id = int.Parse(await File.ReadAllTextAsync(scratch[name], Cancel), CultureInfo.InvariantCulture);
            await Poll.UntilAsync(() => !IsRunning(id));
        }
    }

    [Fact]
    public async Task Program_ThatLeavesAChildBehind_IsDoneWhenItIs()
    {
        Script("hook", "sleep 60 & echo $! > child");

        Assert.Equal(SendResult.Done, await SendAsync("hook"));

        System.Diagnostics.Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(scratch["child"], Cancel), CultureInfo.InvariantCulture)).Kill();
    }

    [Fact]
    public async Task Program_ThatWritesWithoutAnEnd_IsKilled()
    {
        Script("hook", "exec cat /dev/zero");

        Assert.Equal(new SendResult.Failed("the program wrote more than 64 KiB and was killed", Retry: true), await SendAsync("hook"));
    }

    [Fact]
    public async Task Program_ThatReadsNothing_IsFine()
    {
        Script("hook", "exec true");

        for (int i = 0; i < 5; i++)
            Assert.Equal(SendResult.Done, await SendAsync("hook"));
    }

    [Fact]
    public async Task Output_OfTheProgram_IsInNoReason()
    {
        Script("hook", "echo geheim; echo geheim >&2; exit 3");

        Assert.Equal(new SendResult.Failed("the program ended with exit code 3", Retry: true), await SendAsync("hook"));
    }

    [Fact]
    public async Task Cancelling_EndsTheProgram()
    {
        Script("hook", "echo $$ > self; sleep 1000");
        using CancellationTokenSource stop = new();

        Task<SendResult> sending = Sender().SendAsync(Alert("hook"), TestAlerts.Message(), stop.Token).AsTask();
        await Poll.UntilAsync(() => File.Exists(scratch["self"]) && new FileInfo(scratch["self"]).Length > 0);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        int id = int.Parse(await File.ReadAllTextAsync(scratch["self"], Cancel), CultureInfo.InvariantCulture);
        await Poll.UntilAsync(() => !IsRunning(id));
    }

    [Theory]
    [InlineData("../hook")]
    [InlineData("/bin/sh")]
    [InlineData("sub/hook")]
    [InlineData(".hook")]
    [InlineData("-c")]
    [InlineData("hook;id")]
    [InlineData("")]
    public async Task Name_ThatIsMoreThanAName_IsNotStarted(string name)
    {
        Script("hook", "touch ran");

        Assert.IsType<SendResult.Failed>(await SendAsync(name));
        Assert.NotNull(ProgramFolder.FaultOfName(name));
        Assert.False(File.Exists(scratch["ran"]));
    }

    [Fact]
    public async Task Node_WithoutAFolder_StartsNothing()
    {
        Script("hook", "touch ran");
        ExecSender none = new(TestAlerts.Kit(world, clock), new ProgramFolder(null));

        SendResult.Failed failed = Assert.IsType<SendResult.Failed>(await none.SendAsync(Alert("hook"), TestAlerts.Message(), Cancel));

        Assert.Contains("starts no programs", failed.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch["ran"]));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherWrite, "may be written by others")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupWrite, "may be written by others")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, "is not executable")]
    public async Task Program_ThatOthersMayWriteOrNobodyMayRun_IsNotStarted(UnixFileMode mode, string reason)
    {
        Script("hook", "touch ran");
        File.SetUnixFileMode(scratch["hook"], mode);

        Assert.Contains(reason, Assert.IsType<SendResult.Failed>(await SendAsync("hook")).Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch["ran"]));
    }

    [Fact]
    public async Task Folder_ThatOthersMayWrite_IsNotUsed()
    {
        Script("hook", "touch ran");
        File.SetUnixFileMode(scratch.Path, File.GetUnixFileMode(scratch.Path) | UnixFileMode.OtherWrite);

        Assert.Contains("may be written by others", Assert.IsType<SendResult.Failed>(await SendAsync("hook")).Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch["ran"]));
    }

    [Fact]
    public async Task Program_ThatIsNone_IsNotStartedAgain()
    {
        await File.WriteAllTextAsync(scratch["hook"], "\0\0no program", Cancel);
        File.SetUnixFileMode(scratch["hook"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.False(Assert.IsType<SendResult.Failed>(await SendAsync("hook")).Retry);
        Assert.Contains("no such program", Assert.IsType<SendResult.Failed>(await SendAsync("other")).Reason, StringComparison.Ordinal);
    }

    private static Alert Alert(string program) => TestAlerts.Of(AlertType.Exec, ("program", program));

    private static bool IsRunning(int id) => File.Exists($"/proc/{id}/stat")
        && !File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].TrimStart().StartsWith('Z');

    private void Script(string name, string body)
    {
        File.WriteAllText(scratch[name], $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(scratch[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private ExecSender Sender() => new(TestAlerts.Kit(world, clock), new ProgramFolder(scratch.Path));

    private ValueTask<SendResult> SendAsync(string program, AlertMessage? message = null) =>
        Sender().SendAsync(Alert(program), message ?? TestAlerts.Message(), Cancel);
}
