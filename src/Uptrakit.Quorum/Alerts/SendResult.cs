namespace Uptrakit.Quorum.Alerts;

/// <summary>What became of one attempt to tell a receiver.</summary>
internal abstract record SendResult
{
    private SendResult()
    {
    }

    internal static SendResult Done { get; } = new Delivered();

    /// <summary>The receiver has taken the message over.</summary>
    /// <param name="Note">What went wrong on the way and did not stop it; empty when nothing did.</param>
    internal sealed record Delivered(string Note = "") : SendResult;

    /// <param name="Reason">For the log and the operator: no URL, no secret.</param>
    /// <param name="Retry">Whether a later attempt may do better.</param>
    /// <param name="RetryAfter">How long the receiver asked not to be disturbed; at most 5 minutes.</param>
    internal sealed record Failed(string Reason, bool Retry, TimeSpan? RetryAfter = null) : SendResult;

    /// <summary>A message that was taken, with the fault of the template that was not used for it.</summary>
    internal SendResult With(string? templateFault) => this is Delivered && templateFault is not null
        ? new Delivered($"the default text was sent, because the alert's template fails: {templateFault}")
        : this;
}
