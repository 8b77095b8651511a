using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>Looks at a target once.</summary>
internal interface IProbe
{
    /// <summary>Answers within the check's time-out; a target that fails is an answer, never an exception.</summary>
    /// <exception cref="OperationCanceledException">Only for <paramref name="cancel"/>.</exception>
    ValueTask<ProbeOutcome> ProbeAsync(Check check, CancellationToken cancel);
}
