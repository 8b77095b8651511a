using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Hands each message to the sender for the type of its alert.</summary>
internal sealed class AlertSenders : IAlertSender, IDisposable
{
    private readonly FreshHttp http;
    private readonly TargetResolver resolver;
    private readonly WebhookSender webhook;
    private readonly DiscordSender discord;

    internal AlertSenders(TimeProvider clock)
    {
        http = new FreshHttp(new AddressRace(clock));
        // Receivers are found as this machine finds them; the cluster's resolvers are for targets.
        resolver = new TargetResolver(() => [], clock);
        AlertHttp post = new(resolver, http, clock);
        webhook = new WebhookSender(post, clock);
        discord = new DiscordSender(post);
    }

    public ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel) => alert.Type switch
    {
        AlertType.Webhook => webhook.SendAsync(alert, message, cancel),
        AlertType.Discord => discord.SendAsync(alert, message, cancel),
        // The next leader may be of a newer version that knows the type.
        _ => ValueTask.FromResult<SendResult>(new SendResult.Failed("this version does not know this type of alert", Retry: true)),
    };

    public void Dispose()
    {
        http.Dispose();
        resolver.Dispose();
    }
}
