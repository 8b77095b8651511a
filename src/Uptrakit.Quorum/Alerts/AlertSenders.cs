using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Quorum.Alerts.Mail;
using Uptrakit.Quorum.Alerts.Programs;
using Uptrakit.Quorum.Alerts.Services;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Hands each message to the sender for the type of its alert.</summary>
internal sealed class AlertSenders : IAlertSender, IDisposable
{
    private readonly FreshHttp http;
    private readonly TargetResolver resolver;
    private readonly FrozenDictionary<AlertType, IAlertSender> senders;

    /// <param name="secrets">Null: only secrets in clear can be used.</param>
    /// <param name="programs">The folder of the programs that this node lets alerts start; null: none.</param>
    /// <param name="roots">Trusted instead of the system's roots, for tests.</param>
    internal AlertSenders(
        TimeProvider clock, ResolveSecret? secrets = null, string? programs = null, ILogger<AlertSenders>? logger = null,
        X509Certificate2Collection? roots = null)
    {
        AddressRace race = new(clock);
        http = new FreshHttp(race, roots);
        // Receivers are found as this machine finds them; the cluster's resolvers are for targets.
        resolver = new TargetResolver(() => [], clock);
        AlertComposer composer = new(logger ?? NullLogger<AlertSenders>.Instance);
        ServiceKit kit = new(new AlertHttp(resolver, http, clock), secrets ?? SecretBag.InClear, composer, clock);
        senders = new Dictionary<AlertType, IAlertSender>
        {
            [AlertType.Webhook] = new WebhookSender(kit),
            [AlertType.Discord] = new DiscordSender(kit),
            [AlertType.Smtp] = new SmtpSender(kit, resolver, race, roots),
            [AlertType.Slack] = new SlackSender(kit),
            [AlertType.Teams] = new TeamsSender(kit),
            [AlertType.Telegram] = new TelegramSender(kit),
            [AlertType.Ntfy] = new NtfySender(kit),
            [AlertType.Gotify] = new GotifySender(kit),
            [AlertType.Pushover] = new PushoverSender(kit),
            [AlertType.Matrix] = new MatrixSender(kit),
            [AlertType.Pagerduty] = new PagerDutySender(kit),
            [AlertType.Opsgenie] = new OpsgenieSender(kit),
            [AlertType.Exec] = new ExecSender(kit, new ProgramFolder(programs)),
        }.ToFrozenDictionary();
    }

    public ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel) =>
        senders.TryGetValue(alert.Type, out IAlertSender? sender)
            ? sender.SendAsync(alert, message, cancel)
            // The next leader may be of a newer version that knows the type.
            : ValueTask.FromResult<SendResult>(new SendResult.Failed("this version does not know this type of alert", Retry: true));

    public void Dispose()
    {
        http.Dispose();
        resolver.Dispose();
    }
}
