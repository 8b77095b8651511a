using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Checks;
using Uptrakit.Tests.Consensus;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Transport;

/// <summary>A leader whose machine dies in the middle of what it is told takes no other node with it.</summary>
public sealed class ReporterLossTests : IReportIntake
{
    private readonly FakeTimeProvider clock = new();

    public long Term => 0;

    bool IReportIntake.Take(NodeId from, IEnumerable<ProbeReport> reports) => false;

    [Theory]
    [InlineData(1)] // while it waits for an answer
    [InlineData(1000)] // while it waits for room to write
    public async Task Reporter_WhoseLeaderDiesWhileItWrites_GoesOn(int reports)
    {
        await using FakeMember<DyingLeader> leader = await FakeMember<DyingLeader>.StartAsync(new DyingLeader());
        using Reporter reporter = new(
            leader.Self, () => leader.Id, leader.Channels, this, static (_, _) => { }, clock, NullLogger<Reporter>.Instance);
        using CancellationTokenSource over = new();
        Task running = reporter.RunAsync(over.Token);

        await TestEngineCluster.UntilAsync(() =>
        {
            for (int i = 0; i < reports; i++)
                reporter.Submit(Result($"c-{i}"));
            clock.Advance(TimeSpan.FromMilliseconds(100));
            return running.IsCompleted || leader.Service.Deaths >= 20;
        });

        Assert.False(running.IsCompleted, running.Exception?.ToString());
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private ProbeResult Result(string id)
    {
        Check check = TestChecks.Tcp("127.0.0.1:9");
        check.Id = id;
        return new ProbeResult(check, new ProbeOutcome(ProbeLevel.Failed, TimeSpan.Zero, new string('x', 500)), 0, clock.GetTimestamp());
    }

    /// <summary>Reads nothing, and is gone a moment later, as a process that was killed is.</summary>
    private sealed class DyingLeader : Peers.PeersBase
    {
        private int deaths;

        public int Deaths => Volatile.Read(ref deaths);

        public override async Task Report(
            IAsyncStreamReader<ReportBatch> requestStream, IServerStreamWriter<LeaderMessage> responseStream, ServerCallContext context)
        {
            await context.WriteResponseHeadersAsync([]);
            await Task.Delay(TimeSpan.FromMilliseconds(Deaths * 2), context.CancellationToken);
            IFeatureCollection features = context.GetHttpContext().Features;
            features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
            Interlocked.Increment(ref deaths);
        }
    }
}
