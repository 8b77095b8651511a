using System.Net;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Echo;

/// <summary>A host is well when enough of its echo replies come back, and soon enough.</summary>
internal sealed class IcmpProbe(TargetResolver resolver, TimeProvider clock, OpenEcho? open = null) : DeadlineProbe(clock)
{
    private const int UsualCount = 3;
    private const int CountLimit = 20;

    // RFC 8305: the other family gets its chance when the first has not answered by then.
    private static readonly TimeSpan s_headStart = TimeSpan.FromMilliseconds(250);

    private readonly OpenEcho open = open ?? EchoSocket.TryOpen;
    private readonly TimeProvider clock = clock;

    protected override async ValueTask<Finding> LookAsync(Check check, CancellationToken cancel)
    {
        string host = check.Target;
        if (!HostPort.TryParseAddress(host, out _) && !HostPort.TryParseHost(host, out host))
            return Finding.Bad("the target is not a host name or an address");

        long start = clock.GetTimestamp();
        TimeSpan limit = CheckTimes.Timeout(check);
        Resolution found = await resolver.ResolveAsync(host, check.Resolvers, limit, cancel);
        if (found.Failure is { } failure)
            return Finding.Bad(failure);

        // The rest is for counting what was lost: at the deadline itself there would be no answer at all.
        TimeSpan budget = (limit * 0.9) - clock.GetElapsedTime(start);
        IcmpOptions options = check.Icmp ?? new IcmpOptions();
        int count = options.Count <= 0 ? UsualCount : Math.Min(options.Count, CountLimit);
        IPAddress[] oneOfEach = [.. found.Addresses.DistinctBy(a => a.AddressFamily)];
        return Judge(options, await RaceAsync(oneOfEach, count, budget, cancel));
    }

    protected override Finding Weigh(Check check, Finding finding, TimeSpan took) =>
        check.Icmp is { } icmp ? Weigh(finding, took, icmp.SlowMs, icmp.TooSlowMs) : finding;

    private async Task<EchoTally> RaceAsync(IPAddress[] addresses, int count, TimeSpan budget, CancellationToken cancel)
    {
        if (budget <= TimeSpan.Zero)
            return new EchoTally(count, 0, TimeSpan.Zero, "the name look-up took all the time");

        long start = clock.GetTimestamp();
        using CancellationTokenSource lost = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        EchoSeries first = new(addresses[0], count, clock, open);
        Task<EchoTally> firstTally = first.RunAsync(budget, lost.Token);
        if (addresses.Length == 1)
            return await firstTally;

        await Task.WhenAny(first.Answered, firstTally, Task.Delay(s_headStart, clock, lost.Token));
        if (first.Answered.IsCompleted)
            return await firstTally;
        TimeSpan rest = budget - clock.GetElapsedTime(start);
        EchoSeries second = new(addresses[1], count, clock, open);
        Task<EchoTally> secondTally = second.RunAsync(rest > TimeSpan.Zero ? rest : TimeSpan.FromMilliseconds(1), lost.Token);
        await Task.WhenAny(first.Answered, second.Answered, Task.WhenAll(firstTally, secondTally));

        (Task<EchoTally> winner, Task<EchoTally> loser) = second.Answered.IsCompleted && !first.Answered.IsCompleted
            ? (secondTally, firstTally)
            : (firstTally, secondTally);
        EchoTally tally = await winner;
        await lost.CancelAsync();
        await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return tally;
    }

    private static Finding Judge(IcmpOptions options, EchoTally tally)
    {
        string beside = tally.Problem is { } problem ? $": {problem}" : "";
        if (tally.Received == 0)
            return Finding.Bad($"no reply to {tally.Sent} echo requests{beside}");
        string text = $"{tally.Received} of {tally.Sent} replies, {tally.Mean.TotalMilliseconds:0.0} ms";
        bool lossy = options.LossPercent > 0 && tally.LossPercent > options.LossPercent;
        Finding finding = lossy
            ? Finding.Bad($"{text}; {tally.LossPercent} % are lost, at most {options.LossPercent} % may be{beside}")
            : Finding.Good(text);
        return finding with { Took = tally.Mean };
    }
}
