using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Tells one receiver one thing.</summary>
internal interface IAlertSender
{
    /// <summary>Ends within a deadline; a receiver that fails is an answer, never an exception.</summary>
    ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel);
}
