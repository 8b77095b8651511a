using Uptrakit.Quorum.History;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.History;

/// <summary>What a member tells of its own results, and how much of it at most.</summary>
public sealed class ResultsDeskTests : IDisposable
{
    private readonly HistoryScene scene = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task Answer_HasTheSumAndTheCurve()
    {
        string id = scene.Check("web");
        scene.Record(id, ms: 10);
        scene.Record(id, ms: 30);
        scene.Record(id, ProbeGrade.Down);
        scene.Pass(TimeSpan.FromMinutes(2));

        ResultsReply reply = (await new ResultsDesk(scene.Reader, scene.Clock).AnswerAsync(null, Request(60, id), Cancel))!;

        CheckResults results = Assert.Single(reply.Checks);
        Assert.Equal((3, 1, 20_000), (results.Sum.Count, results.Sum.Failures, results.Sum.MeanUs));
        Assert.Equal(3, Assert.Single(results.Points).Sum.Count);
        Assert.False(reply.Cut);
    }

    [Fact]
    public async Task Answer_WithoutPoints_IsTheSumAlone()
    {
        string id = scene.Check("web");
        scene.Record(id);
        scene.Pass(TimeSpan.FromMinutes(2));

        ResultsReply reply = (await new ResultsDesk(scene.Reader, scene.Clock).AnswerAsync(null, Request(0, id), Cancel))!;

        Assert.Equal(1, reply.Checks[0].Sum.Count);
        Assert.Empty(reply.Checks[0].Points);
    }

    [Fact]
    public async Task Answer_ToAQuestionWithoutBounds_IsBounded()
    {
        string id = scene.Check("web");
        for (int i = 0; i < 300; i++)
        {
            scene.Record(id);
            scene.Pass(TimeSpan.FromMinutes(1));
        }

        ResultsRequest request = Request(int.MaxValue, [id, .. Enumerable.Range(0, 5000).Select(static i => $"c-{i}")]);
        (request.FromMs, request.ToMs) = (long.MinValue, long.MaxValue);
        ResultsReply reply = (await new ResultsDesk(scene.Reader, scene.Clock).AnswerAsync(null, request, Cancel))!;

        Assert.Equal(ResultsDesk.MostChecks, reply.Checks.Count);
        Assert.True(reply.Cut);

        reply = (await new ResultsDesk(scene.Reader, scene.Clock).AnswerAsync(null, Request(int.MaxValue, id), Cancel))!;
        Assert.InRange(reply.Checks[0].Points.Count, 100, ResultsDesk.MostPoints);
    }

    [Fact]
    public async Task Answer_WhileTwoAreMade_Waits_AndOneMemberHasTwoQuestionsAtMost()
    {
        using HoldingClock clock = new();
        using ResultsDesk desk = new(scene.Reader, clock);
        NodeId greedy = NodeId.New(), other = NodeId.New();
        Task<ResultsReply?>[] held = [desk.AnswerAsync(greedy, Request(0), Cancel), desk.AnswerAsync(greedy, Request(0), Cancel)];

        Assert.Null(await desk.AnswerAsync(greedy, Request(0), Cancel));
        Task<ResultsReply?>[] waiting = [desk.AnswerAsync(other, Request(0), Cancel), desk.AnswerAsync(null, Request(0), Cancel)];
        Assert.All(waiting, static task => Assert.False(task.IsCompleted));

        clock.Release();
        Assert.All(await Task.WhenAll([.. held, .. waiting]), Assert.NotNull);
        Assert.NotNull(await desk.AnswerAsync(greedy, Request(0), Cancel));
    }

    [Fact]
    public async Task Answer_ThatTakesTooLong_EndsAndSaysSo()
    {
        string id = scene.Check("web");

        ResultsReply reply = (await new ResultsDesk(scene.Reader, new HastyClock()).AnswerAsync(null, Request(0, id, "c-1", "c-2"), Cancel))!;

        Assert.True(reply.Cut);
        Assert.True(reply.Checks.Count < 3);
    }

    private ResultsRequest Request(int points, params string[] checks)
    {
        DateTimeOffset now = scene.Clock.GetUtcNow();
        return new() { FromMs = now.AddHours(-6).ToUnixTimeMilliseconds(), ToMs = now.ToUnixTimeMilliseconds(), Points = points, CheckIds = { checks } };
    }

    /// <summary>Every look at it is a second later.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => now++;
    }

    /// <summary>Who asks it for the time waits until it is released.</summary>
    private sealed class HoldingClock : TimeProvider, IDisposable
    {
        private readonly ManualResetEventSlim open = new();

        public override long GetTimestamp()
        {
            open.Wait(TimeSpan.FromSeconds(30));
            return 0;
        }

        public void Release() => open.Set();

        public void Dispose() => open.Dispose();
    }
}
