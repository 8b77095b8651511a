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
                // The HTTP client dresses a cancelled connect up as a failed request; the caller cancelled, and is told so.
                throw new OperationCanceledException(problem.Message, problem, cancel);
            }
        }

        cancel.ThrowIfCancellationRequested();
        return new ProbeOutcome(finding.Ok, clock.GetElapsedTime(start), PlainText.Clean(finding.Detail));
    }

    protected abstract ValueTask<Finding> LookAsync(Check check, CancellationToken cancel);

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
