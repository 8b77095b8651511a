using System.Globalization;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>A sender whose receiver takes one HTTP request for each message.</summary>
internal abstract class ServiceSender(ServiceKit kit, Markup markup) : IAlertSender
{
    public async ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel)
    {
        SecretBag secrets = await SecretBag.OpenAsync(alert, kit, cancel);
        if (secrets.Fault is { } closed)
            return new SendResult.Failed(closed, Retry: true);

        AlertWords words = kit.Composer.Compose(alert, message, markup);
        HttpOrder order = Order(alert, message, words, secrets);
        return order.Fault is { } fault
            ? new SendResult.Failed(fault, Retry: false)
            : Scrubbed(await kit.Http.SendAsync(order, cancel), secrets).With(words.Fault);
    }

    protected abstract HttpOrder Order(Alert alert, AlertMessage message, AlertWords words, SecretBag secrets);

    /// <summary>The value of a setting, or its default.</summary>
    protected static string Setting(Alert alert, string name, string fallback = "") =>
        alert.Settings.TryGetValue(name, out string? value) && value.Length > 0 ? value : fallback;

    protected static int Number(Alert alert, string name, int fallback) =>
        int.TryParse(Setting(alert, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : fallback;

    /// <summary>The base address without a slash at its end, and the path behind it.</summary>
    protected static string Under(string address, string path) => address.TrimEnd('/') + path;

    private static SendResult Scrubbed(SendResult result, SecretBag secrets) =>
        result is SendResult.Failed failed ? failed with { Reason = secrets.Scrub(failed.Reason) } : result;
}
