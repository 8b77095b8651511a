using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.History;

/// <summary>Tells this node's own results, to other members and to its own commands alike, within bounds.</summary>
/// <remarks>
/// Two are made at once, for a second and a half at most; who asks meanwhile waits for a turn. A member that asks for a year of
/// everything, again and again, has two questions here at most, and the others wait for these two.
/// </remarks>
internal sealed class ResultsDesk(HistoryReader history, TimeProvider clock) : IDisposable
{
    public const int MostChecks = 64;
    public const int MostPoints = 200;
    private const int MostAtOnce = 2;
    private const int MostOfOne = 2;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1.5);
    private readonly SemaphoreSlim places = new(MostAtOnce, MostAtOnce);
    private readonly Dictionary<NodeId, int> asked = [];
    private readonly Lock gate = new();

    /// <param name="member">Who asks; null: this node itself.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="cancel">Ends the wait, with the question.</param>
    /// <returns>Null: this member has asked enough that is not answered yet.</returns>
    public async Task<ResultsReply?> AnswerAsync(NodeId? member, ResultsRequest request, CancellationToken cancel)
    {
        if (!TryAsk(member))
            return null;
        try
        {
            await places.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                // The file is read synchronously: not on the thread that serves the connection.
                return await Task.Run(() => Answer(request, cancel), cancel).ConfigureAwait(false);
            }
            finally
            {
                places.Release();
            }
        }
        finally
        {
            Answered(member);
        }
    }

    public void Dispose() => places.Dispose();

    private bool TryAsk(NodeId? member)
    {
        if (member is null)
            return true;
        lock (gate)
        {
            int now = asked.GetValueOrDefault(member);
            if (now >= MostOfOne)
                return false;
            asked[member] = now + 1;
            return true;
        }
    }

    private void Answered(NodeId? member)
    {
        if (member is null)
            return;
        lock (gate)
        {
            if (--asked[member] == 0)
                asked.Remove(member);
        }
    }

    private ResultsReply Answer(ResultsRequest request, CancellationToken cancel)
    {
        (DateTimeOffset from, DateTimeOffset to) = (Moments.Of(request.FromMs), Moments.Of(request.ToMs));
        long begin = clock.GetTimestamp();
        ResultsReply reply = new() { Cut = request.CheckIds.Count > MostChecks };
        foreach (string id in request.CheckIds.Take(MostChecks))
        {
            cancel.ThrowIfCancellationRequested();
            if (clock.GetElapsedTime(begin) > MostTime)
            {
                reply.Cut = true;
                break;
            }

            reply.Checks.Add(Of(id, from, to, request.Points));
        }

        return reply;
    }

    private CheckResults Of(string id, DateTimeOffset from, DateTimeOffset to, int points)
    {
        CheckResults results = new() { CheckId = id, Sum = Message(history.Summary(id, from, to)) };
        if (points <= 0)
            return results;
        HistoryCurve curve = history.Curve(id, from, to, Math.Min(points, MostPoints));
        results.StepMs = (long)curve.Step.TotalMilliseconds;
        results.Points.AddRange(curve.Points.Select(static point => new ProbePoint { AtMs = point.At.ToUnixTimeMilliseconds(), Sum = Message(point.Results) }));
        return results;
    }

    private static ProbeSum Message(ProbeSummary sum) => new()
    {
        Count = sum.Count,
        Failures = sum.Failures,
        Warnings = sum.Warnings,
        MeanUs = Us(sum.Mean),
        LeastUs = Us(sum.Least),
        MostUs = Us(sum.Most),
        P50Us = Us(sum.P50),
        P95Us = Us(sum.P95),
        P99Us = Us(sum.P99),
    };

    private static long Us(TimeSpan time) => (long)time.TotalMicroseconds;
}
