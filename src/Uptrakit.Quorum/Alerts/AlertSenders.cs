using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Hands each message to the sender for the type of its alert.</summary>
internal sealed class AlertSenders : IAlertSender, IDisposable
{
    private readonly AlertHttp http;
    private readonly WebhookSender webhook;
    private readonly DiscordSender discord;

    internal AlertSenders(TimeProvider clock)
    {
        http = new AlertHttp(clock, new AddressRace(clock));
        webhook = new WebhookSender(http, clock);
        discord = new DiscordSender(http);
    }

    public ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel) => alert.Type switch
    {
        AlertType.Webhook => webhook.SendAsync(alert, message, cancel),
        AlertType.Discord => discord.SendAsync(alert, message, cancel),
        // The next leader may be of a newer version that knows the type.
        _ => ValueTask.FromResult<SendResult>(new SendResult.Failed("this version does not know this type of alert", Retry: true)),
    };

    public void Dispose() => http.Dispose();
}
