using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Watch;

/// <summary>Asks a URL of the operator's again and again while this node is well: whoever waits there notices when it stops.</summary>
/// <remarks>It is an HTTP probe like any other, with its deadline and its guard of redirects, but nobody votes on it.</remarks>
/// <param name="url">Where; may be a reference, because such a URL is a password.</param>
/// <param name="isWell">This node sees a quorum and knows what it knows.</param>
internal sealed class HeartbeatPing(
    string url, TimeSpan every, IProbe probe, ISecrets secrets, Func<bool> isWell, TimeProvider clock, ILogger<HeartbeatPing> logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private Check? check;
    private long? last;
    private bool? taken;

    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Period, clock);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
            await LookAsync(cancel).ConfigureAwait(false);
    }

    internal async Task LookAsync(CancellationToken cancel)
    {
        if ((last is { } before && clock.GetElapsedTime(before) < every) || !isWell())
            return;
        last = clock.GetTimestamp();
        Say(await BeatAsync(cancel).ConfigureAwait(false));
    }

    /// <returns>What went wrong; null: it was taken. Neither holds the URL.</returns>
    private async Task<string?> BeatAsync(CancellationToken cancel)
    {
        // A file of this node says it: nothing there is sealed.
        if (!secrets.TryRead(default, Secrets.Of(url), out string place, out string fault))
            return fault;
        if (Validation.FaultOfUrl(place) is { } wrong)
            return $"what heartbeat_url names {wrong}";
        ProbeOutcome outcome = await probe.ProbeAsync(CheckOf(place), cancel).ConfigureAwait(false);
        return outcome.Ok ? null : outcome.Detail;
    }

    // The same object while the URL is the same: what is worked out from it is kept.
    private Check CheckOf(string place)
    {
        if (check?.Target != place)
        {
            check = new Check
            {
                Id = "heartbeat", Name = "heartbeat", Type = CheckType.Http, Enabled = true, Target = place,
                IntervalMs = (long)every.TotalMilliseconds, TimeoutMs = (long)Patience.TotalMilliseconds,
            };
        }

        return check;
    }

    private void Say(string? fault)
    {
        bool now = fault is null;
        if (now == taken)
            return;
        taken = now;
        if (now)
            logger.HeartbeatTaken();
        else
            logger.HeartbeatFailed(fault!);
    }
}
