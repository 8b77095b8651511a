using System.Collections.Concurrent;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Alerts;

/// <summary>A sender that a test answers.</summary>
internal sealed class FakeSender : IAlertSender
{
    internal ConcurrentQueue<(string Alert, string Id)> Sent { get; } = new();

    internal Func<Alert, AlertMessage, CancellationToken, ValueTask<SendResult>> Behave { get; set; } =
        (_, _, _) => ValueTask.FromResult(SendResult.Done);

    public async ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel)
    {
        Sent.Enqueue((alert.Id, message.Id));
        return await Behave(alert, message, cancel).AsTask().WaitAsync(cancel);
    }
}
