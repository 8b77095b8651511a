using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Quorum.Verdicts;
using Uptrakit.Tests.Checks;
using Uptrakit.Tests.Consensus;
using Uptrakit.Tests.State;

namespace Uptrakit.Tests.Verdicts;

/// <summary>The desk of a leader whose clock is ours, over a real log of one voter: what is due is committed.</summary>
public sealed class VerdictDeskTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(TestMachine.Start));
    private readonly CancellationTokenSource stop = new();
    private TestEngineCluster cluster = null!;
    private VerdictDesk desk = null!;
    private Task leading = Task.CompletedTask;
    private TimeSpan silence;
    private string web = "";

    private ClusterState State => cluster[0].Store.State;

    private string Founder => cluster.Founder.ToString();

    public async ValueTask InitializeAsync()
    {
        cluster = await TestEngineCluster.OfAsync(1);
        LeaderDesk log = new(cluster.Founder, cluster[0].Store, () => cluster[0].Engine, clock);
        desk = new(cluster[0].Store, log, () => cluster[0].Engine, static (_, _) => { }, clock, NullLogger<VerdictDesk>.Instance,
            () => [new MemberSight(Founder, silence, TimeSpan.Zero)]);
        await CommitAsync(new Command { PutAlert = new PutAlert { Alert = TestMachine.Alert("ops", isDefault: true) } });
        Alert waits = TestMachine.Alert("boss", isDefault: true);
        waits.AfterMs = 30_000;
        await CommitAsync(new Command { PutAlert = new PutAlert { Alert = waits } });
        Check reminded = TestMachine.Check("web");
        reminded.ReminderMs = 60_000;
        web = await CommitAsync(new Command { PutCheck = new PutCheck { Check = reminded } });
        await CommitAsync(new Command { Transition = new Transition { CheckId = web, From = CheckState.Unknown, To = CheckState.Down } });
        leading = desk.LeadAsync(stop.Token);
        Assert.True(desk.Take(cluster.Founder, [new ProbeReport { CheckId = web, Detail = "refused", LatencyUs = 7000, ChangedIn = Web().ChangedIn }]));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await leading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        desk.Dispose();
        stop.Dispose();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task WhatIsDueByTheClock_IsCommittedWithWhatMembersSee()
    {
        await PassAsync(() => Of(MessageKind.Reminder).Length > 0);

        Assert.Equal([MessageKind.Transition, MessageKind.Escalation, MessageKind.Reminder], State.Outbox.Values.Select(static entry => entry.Kind).Distinct());
        OutboxEntry[] due = [.. Of(MessageKind.Escalation), .. Of(MessageKind.Reminder)];
        Assert.Equal(3, due.Length); // the one that waited is reminded, too
        Assert.All(due, entry => Assert.Equal((Founder, false, "refused", 7), Seen(Assert.Single(entry.Reports))));
        Assert.All(due, static entry => Assert.InRange(entry.LastedMs, 30_000, 120_000));
    }

    [Fact]
    public async Task MemberThatIsSilent_IsNotedOnceTheLeaderHasHeardOfEverybody()
    {
        silence = TimeSpan.FromSeconds(31);
        long begin = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await PassAsync(() => State.Members.TryGetValue(Founder, out MemberStatus? noted) && noted.LostMs > 0);

        Assert.True(State.Members[Founder].LostMs - begin >= 60_000);
    }

    private static (string NodeId, bool Ok, string Detail, long LatencyMs) Seen(NodeReport report) => (report.NodeId, report.Ok, report.Detail, report.LatencyMs);

    private OutboxEntry[] Of(MessageKind kind) => [.. State.Outbox.Values.Where(entry => entry.Kind == kind)];

    private Check Web() => State.Checks.TryGet(web, out Check? check) ? check : new Check();

    /// <summary>Steps of the clock, as small as those of the desk, until it has come to be; votes stay fresh.</summary>
    private Task PassAsync(Func<bool> isSo) => Poll.UntilAsync(() =>
    {
        if (isSo())
            return true;
        desk.Take(cluster.Founder, [new ProbeReport { CheckId = web, Detail = "refused", LatencyUs = 7000, ChangedIn = Web().ChangedIn }]);
        clock.Advance(TimeSpan.FromMilliseconds(200));
        return false;
    });

    private async Task<string> CommitAsync(Command command)
    {
        Outcome? outcome = await cluster[0].CommitAsync(command);
        Assert.Equal(OutcomeStatus.Done, outcome!.Status);
        return outcome.Id;
    }
}
