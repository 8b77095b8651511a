using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.CommandLine;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Qu.Tui;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Commands;

namespace Uptrakit.Tests.Tui;

public sealed class TuiDeskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddCheck_IsTheSameChangeAsTheCommands()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        TuiMessage.Told told = await ToldAsync(daemon, new TuiOrder.AddCheck("tcp", "db", "db.example.org:5432", TimeSpan.FromSeconds(5)));

        Assert.Equal(new TuiMessage.Told("added check db", Failed: false), told);
        Assert.Equal(
            new Check { Name = "db", Type = CheckType.Tcp, Enabled = true, Target = "db.example.org:5432", IntervalMs = 5000, TimeoutMs = 5000 },
            daemon.OnlyChange.PutCheck.Check);
    }

    [Fact]
    public async Task Enable_OfACheckThatChangedMeanwhile_IsRefusedAndNotOverwritten()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.State.Checks.Add(new Check { Id = "c-1", Name = "web", Enabled = true, ChangedIn = 5 });
        daemon.Reply = FakeDaemon.Refusal(RefusalReason.Conflict, "");

        TuiMessage.Told told = await ToldAsync(daemon, new TuiOrder.Enable(Tab.Checks, "c-1", On: false));

        Assert.Equal(new TuiMessage.Told("it has changed in the meantime; look at it again, then repeat the command", Failed: true), told);
        Assert.Equal(5, daemon.OnlyChange.PutCheck.ExpectedChangedIn);
    }

    [Fact]
    public async Task Orders_OnAlertsAndMembers_AreTheChangesTheyName()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.State.Alerts.Add(new Alert { Id = "a-1", Name = "ops", Type = AlertType.Webhook, Enabled = true });
        daemon.State.Peers.Add(new Peer { NodeId = "n-1" });
        daemon.Test = new TestAlertReply { Found = true, Delivered = true };

        foreach (TuiOrder order in (TuiOrder[])
        [
            new TuiOrder.Enable(Tab.Alerts, "a-1", On: false), new TuiOrder.MakeDefault("a-1", On: true), new TuiOrder.Remove(Tab.Alerts, "a-1", "ops"),
            new TuiOrder.Remove(Tab.Checks, "c-1", "web"), new TuiOrder.Remove(Tab.Peers, "n-1", "n-1"), new TuiOrder.Test(Tab.Alerts, "a-1"),
            new TuiOrder.AddAlert("webhook", "room", "https://hooks.example.org/", IsDefault: true),
        ])
            Assert.False((await ToldAsync(daemon, order)).Failed, $"{order}");

        Assert.False(daemon.Changes[0].PutAlert.Alert.Enabled);
        Assert.True(daemon.Changes[1].PutAlert.Alert.IsDefault);
        Assert.Equal(["a-1", "c-1", "n-1"], [daemon.Changes[2].RemoveAlert.Id, daemon.Changes[3].RemoveCheck.Id, daemon.Changes[4].RemovePeer.Id]);
        Assert.Equal("room", daemon.Changes[5].PutAlert.Alert.Name);
        Assert.Single(daemon.Requests.OfType<TestAlertRequest>());
    }

    [Fact]
    public async Task Test_OfACheck_IsAMadeUpOutageThroughItsAlerts()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        TestedAlert alert = new() { Name = "ops", Told = true, Delivered = true };
        daemon.CheckTest = new TestCheckReply { Found = true, CheckName = "web", Alerts = { alert } };

        TuiMessage.Told well = await ToldAsync(daemon, new TuiOrder.Test(Tab.Checks, "c-1"));
        alert.Delivered = false;
        TuiMessage.Told failed = await ToldAsync(daemon, new TuiOrder.Test(Tab.Checks, "c-1"));

        Assert.False(well.Failed);
        Assert.True(failed.Failed);
        Assert.Contains("1 of 1 test messages were not delivered", failed.Words, StringComparison.Ordinal);
        Assert.All(daemon.Requests.OfType<TestCheckRequest>(), static request => Assert.Equal(("c-1", "down"), (request.Id, request.State)));
    }

    [Fact]
    public async Task Refresh_AsksForTheVotesOfTheCheckThatIsLookedAtOnly()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        using DaemonClient client = DaemonClient.Open(daemon.Socket)!;
        TuiDesk desk = new(client, daemon.Socket, new FakeTimeProvider());

        await desk.RefreshAsync(null, Cancel);
        await desk.RefreshAsync("c-7", Cancel);

        Assert.Equal([[], ["c-7"]], daemon.Requests.OfType<StatusRequest>().Select(static request => request.VotesOf.ToArray()));
    }

    [Fact]
    public async Task Daemon_ThatIsGone_IsWordsAndNoException()
    {
        string socket = Path.Combine(Path.GetTempPath(), $"nobody-{Guid.NewGuid():n}.sock");
        using DaemonClient client = DaemonClient.Open(socket)!;
        TuiDesk desk = new(client, socket, new FakeTimeProvider());

        Assert.Contains($"no daemon on {socket}", Assert.IsType<TuiMessage.Lost>(await desk.RefreshAsync(null, Cancel)).Why, StringComparison.Ordinal);
        Assert.True(Assert.IsType<TuiMessage.Told>(await desk.DoAsync(new TuiOrder.Remove(Tab.Checks, "c-1", "web"), Cancel)).Failed);
        Assert.Contains("no daemon", Assert.IsType<TuiMessage.PastOf>(await desk.DoAsync(new TuiOrder.LookBack("c-1"), Cancel)).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tui_WithoutATerminal_IsWrongUsage()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        // The tests themselves have no terminal at their input.
        Assert.SkipUnless(Console.IsInputRedirected || Console.IsOutputRedirected, "these tests are run on a terminal");
        QuRun run = await QuRun.Of(daemon, "tui");

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("needs a terminal", run.Error, StringComparison.Ordinal);
        Assert.Empty(daemon.Requests);
    }

    private static async Task<TuiMessage.Told> ToldAsync(FakeDaemon daemon, TuiOrder order)
    {
        using DaemonClient client = DaemonClient.Open(daemon.Socket)!;
        return Assert.IsType<TuiMessage.Told>(await new TuiDesk(client, daemon.Socket, new FakeTimeProvider()).DoAsync(order, Cancel));
    }
}
