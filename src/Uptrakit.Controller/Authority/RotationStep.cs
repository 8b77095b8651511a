namespace Uptrakit.Controller.Authority;

/// <summary>The steps of a rotation of the issuing CA, and of a hand-over of the root.</summary>
internal enum RotationStep
{
    PrepareIssuing,
    ActivateIssuing,
    RetireIssuing,

    PrepareRoot,
    DistributeRoot,
    ActivateRoot,
    RetireRoot,

    /// <summary>Gives up what has been prepared or distributed and not yet activated.</summary>
    Abandon,
}

/// <summary>How a step ended.</summary>
internal enum StepResult
{
    Done,

    /// <summary>A retry, or another Controller was first: things are as the step leaves them.</summary>
    AlreadyDone,

    /// <summary>Out of order, or it would lock Services out.</summary>
    Refused,
}

/// <param name="Result">How it ended.</param>
/// <param name="Message">A sentence for the operator: what is different now, or why nothing is, and what comes next.</param>
internal sealed record StepOutcome(StepResult Result, string Message);
