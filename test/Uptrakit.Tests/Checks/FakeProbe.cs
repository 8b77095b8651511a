using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

/// <summary>A probe that a test answers by hand, or that answers at once.</summary>
internal sealed class FakeProbe(TimeProvider clock) : IProbe
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> inFlight = [];
    private readonly List<(Check Check, TimeSpan At)> starts = [];
    private readonly List<TaskCompletionSource<ProbeOutcome>> open = [];
    private readonly long start = clock.GetTimestamp();

    internal Func<Check, CancellationToken, ValueTask<ProbeOutcome>>? Behave { get; set; }

    internal int MostOfOneAtOnce { get; private set; }

    internal int MostAtOnce { get; private set; }

    internal List<(Check Check, TimeSpan At)> Starts
    {
        get
        {
            lock (gate)
                return [.. starts];
        }
    }

    internal static ProbeOutcome Good { get; } = new(ProbeLevel.Ok, TimeSpan.Zero, "fine");

    internal static ProbeOutcome Bad { get; } = new(ProbeLevel.Failed, TimeSpan.Zero, "broken");

    /// <summary>Makes probes wait until <see cref="Release"/>.</summary>
    internal void Hold() => Behave = (_, cancel) =>
    {
        TaskCompletionSource<ProbeOutcome> answer = new();
        lock (gate)
            open.Add(answer);
        cancel.Register(() => answer.TrySetCanceled(cancel));
        return new ValueTask<ProbeOutcome>(answer.Task);
    };

    internal void Release()
    {
        List<TaskCompletionSource<ProbeOutcome>> all;
        lock (gate)
        {
            all = [.. open];
            open.Clear();
        }

        foreach (TaskCompletionSource<ProbeOutcome> one in all)
            one.TrySetResult(Good);
    }

    public async ValueTask<ProbeOutcome> ProbeAsync(Check check, CancellationToken cancel)
    {
        lock (gate)
        {
            starts.Add((check, clock.GetElapsedTime(start)));
            int now = inFlight.GetValueOrDefault(check.Id) + 1;
            inFlight[check.Id] = now;
            MostOfOneAtOnce = Math.Max(MostOfOneAtOnce, now);
            MostAtOnce = Math.Max(MostAtOnce, inFlight.Values.Sum());
        }

        try
        {
            return Behave is null ? Good : await Behave(check, cancel);
        }
        finally
        {
            lock (gate)
                inFlight[check.Id]--;
        }
    }
}
