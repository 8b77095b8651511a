using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Quorum.History;

/// <summary>Tells this node's own results, to other members and to its own commands alike, within bounds.</summary>
/// <remarks>A member that asks for a year of everything, again and again, costs two threads a second and a half at a time.</remarks>
internal sealed class ResultsDesk(HistoryReader history, TimeProvider clock)
{
    public const int MostChecks = 64;
    public const int MostPoints = 200;
    private const int MostAtOnce = 2;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1.5);
    private int busy;

    /// <returns>Null: too many ask at once.</returns>
    public async Task<ResultsReply?> AnswerAsync(ResultsRequest request, CancellationToken cancel)
    {
        if (Interlocked.Increment(ref busy) > MostAtOnce)
        {
            Interlocked.Decrement(ref busy);
            return null;
        }

        try
        {
            // The file is read synchronously: not on the thread that serves the connection.
            return await Task.Run(() => Answer(request, cancel), cancel).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref busy);
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
