using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Quorum.Verdicts;
using Uptrakit.Tests.Checks;
using Uptrakit.Tests.Consensus;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Transport;

/// <summary>What a node saw reaches whoever leads, also when nobody did for a while.</summary>
public sealed class ReporterTests : IAsyncLifetime, IReportIntake
{
    private readonly FakeTimeProvider clock = new();
    private readonly ConcurrentQueue<ProbeReport> taken = new();
    private readonly NodeId elsewhere = NodeId.New();
    private TestEngineCluster cluster = null!;
    private PeerChannels channels = null!;
    private volatile NodeId? leader;
    private volatile int refusals;

    public async ValueTask InitializeAsync()
    {
        cluster = await TestEngineCluster.OfAsync(1);
        channels = new(cluster[0].Directory, new PeerVerifier(cluster[0].Directory.Pins, clock), cluster[0].Own);
    }

    public ValueTask DisposeAsync()
    {
        channels.Dispose();
        return cluster.DisposeAsync();
    }

    public long Term { get; set; }

    bool IReportIntake.Take(NodeId from, IEnumerable<ProbeReport> reports)
    {
        if (refusals-- > 0)
            return false;
        foreach (ProbeReport report in reports)
            taken.Enqueue(report);
        return true;
    }

    [Fact]
    public async Task Results_WhileNobodyLeadsOrTheLeaderIsUnknown_AreKeptAndToldTheNext()
    {
        using Reporter reporter = Make();
        using CancellationTokenSource over = new();
        Task running = reporter.RunAsync(over.Token);
        for (int i = 0; i < 300; i++)
            reporter.Submit(Result($"c-{i}", "old"));
        await PassAsync();
        leader = elsewhere;
        await PassAsync();
        Assert.Equal((300, 0), (reporter.Pending, taken.Count));

        leader = cluster.Founder;
        await UntilAsync(() => taken.Count == 300);

        Assert.Equal(0, reporter.Pending);
        await EndAsync(over, running);
    }

    [Fact]
    public async Task Result_ThatWasNotTaken_IsToldAgainUnlessANewerHasCome()
    {
        using Reporter reporter = Make();
        using CancellationTokenSource over = new();
        leader = cluster.Founder;
        refusals = 3;
        reporter.Submit(Result("c-1", "old"));
        reporter.Submit(Result("c-2", "old"));
        Task running = reporter.RunAsync(over.Token);
        await UntilAsync(() => refusals < 3);
        reporter.Submit(Result("c-1", "new"));
        await UntilAsync(() => taken.Count >= 2);

        Assert.Equal(["c-1 new", "c-2 old"], taken.Select(static report => $"{report.CheckId} {report.Detail}").Order());
        await EndAsync(over, running);
    }

    /// <summary>What the leader before knew, and not only what is probed from now on.</summary>
    [Fact]
    public async Task Results_ThatWereTold_AreToldToWhoeverLeadsNext_ButNotWhatIsTooOld()
    {
        using Reporter reporter = Make();
        using CancellationTokenSource over = new();
        leader = cluster.Founder;
        Task running = reporter.RunAsync(over.Token);
        reporter.Submit(Result("c-old", "old"));
        await UntilAsync(() => taken.Count == 1);
        clock.Advance(Ballot.WindowOf(TestChecks.Tcp("127.0.0.1:9")) - TimeSpan.FromSeconds(10));
        for (int i = 0; i < 300; i++)
            reporter.Submit(Result($"c-{i}", "new", round: i % 2));
        await UntilAsync(() => taken.Count == 301);
        clock.Advance(TimeSpan.FromSeconds(10));
        taken.Clear();

        Term = 1;
        reporter.Submit(Result("c-new", "new"));
        await UntilAsync(() => taken.Count >= 301);

        Assert.Equal(301, taken.Select(static report => report.CheckId).Distinct().Count());
        Assert.DoesNotContain("c-old", taken.Select(static report => report.CheckId));
        Assert.All(taken, static report => Assert.Equal(0, report.Round));
        await EndAsync(over, running);
    }

    /// <summary>Checks that come and go leave their last results behind, until these are too old: of a daily check after three days.</summary>
    [Fact]
    public void Results_OfChecksThatAreGone_AreNotKeptWithoutAnEnd()
    {
        using Reporter reporter = Make();

        for (int i = 0; i < Reporter.MostKept + (2 * Reporter.ForgetEvery); i++)
            reporter.Submit(Result($"c-{i}", "gone"));

        Assert.InRange(reporter.Kept, 0, Reporter.MostKept);
    }

    private Reporter Make() => new(cluster.Founder, () => leader, channels, this, static (_, _) => { }, clock, NullLogger<Reporter>.Instance);

    private ProbeResult Result(string id, string detail, long round = 0)
    {
        Check check = TestChecks.Tcp("127.0.0.1:9");
        check.Id = id;
        return new ProbeResult(check, new ProbeOutcome(ProbeLevel.Failed, TimeSpan.Zero, detail), round, clock.GetTimestamp());
    }

    private async Task PassAsync()
    {
        for (int i = 0; i < 10; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
    }

    private Task UntilAsync(Func<bool> isSo) => TestEngineCluster.UntilAsync(() =>
    {
        clock.Advance(TimeSpan.FromMilliseconds(100));
        return isSo();
    });

    private static async Task EndAsync(CancellationTokenSource over, Task running)
    {
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
