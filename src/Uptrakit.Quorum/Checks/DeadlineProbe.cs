using System.Net.Sockets;
using System.Security.Authentication;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>What all probes share: the deadline, the time it took, and words for what went wrong.</summary>
internal abstract class DeadlineProbe(TimeProvider clock) : IProbe
{
    public async ValueTask<ProbeOutcome> ProbeAsync(Check check, CancellationToken cancel)
    {
        long start = clock.GetTimestamp();
        TimeSpan limit = CheckTimes.Timeout(check);
        Finding finding;
        using (Deadline deadline = new(limit, clock, cancel))
        {
            try
            {
                finding = await LookAsync(check, deadline.Token);
            }
            catch (Exception problem) when (!cancel.IsCancellationRequested
                && (deadline.Token.IsCancellationRequested || IsKnown(problem)))
            {
                // After the deadline every error is a consequence of it.
                finding = Finding.Bad(deadline.Token.IsCancellationRequested
                    ? $"no answer within {limit.TotalSeconds:0.###} s"
                    : Words(problem));
            }
            catch (Exception problem) when (cancel.IsCancellationRequested && IsKnown(problem))
            {
                // A connect or a handshake that is cut off fails in its own way; the caller cancelled, and is told so.
                throw new OperationCanceledException(problem.Message, problem, cancel);
            }
        }

        cancel.ThrowIfCancellationRequested();
        TimeSpan took = finding.Took ?? clock.GetElapsedTime(start);
        finding = Weigh(check, finding, took);
        return new ProbeOutcome(finding.Level, took, PlainText.Clean(finding.Detail), finding.CertificateEnds);
    }

    protected abstract ValueTask<Finding> LookAsync(Check check, CancellationToken cancel);

    /// <summary>What the time makes of a finding.</summary>
    protected virtual Finding Weigh(Check check, Finding finding, TimeSpan took) => finding;

    /// <summary>Slower than the first level is a warning, slower than the second a failure; 0 is no level.</summary>
    protected static Finding Weigh(Finding finding, TimeSpan took, long slowMs, long tooSlowMs) =>
        finding.Level is not (ProbeLevel.Ok or ProbeLevel.Warn) ? finding
        : tooSlowMs > 0 && took.TotalMilliseconds > tooSlowMs
            ? finding with
            {
                Level = ProbeLevel.Failed,
                Detail = $"{finding.Detail}, but it took {Seconds(took)}, more than {Seconds(tooSlowMs)}",
            }
        : slowMs > 0 && took.TotalMilliseconds > slowMs
            ? finding.With($"it took {Seconds(took)}, more than {Seconds(slowMs)}")
        : finding;

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.###} s";

    private static string Seconds(long milliseconds) => $"{milliseconds / 1000.0:0.###} s";

    private static bool IsKnown(Exception problem) =>
        problem is HttpRequestException or IOException or SocketException or AuthenticationException;

    // The innermost known one says what happened; the layers above only say that something did.
    private static string Words(Exception problem)
    {
        Exception cause = problem;
        while (cause.InnerException is { } inner && IsKnown(inner))
            cause = inner;
        return cause is AuthenticationException ? $"TLS: {cause.Message}" : cause.Message;
    }
}
