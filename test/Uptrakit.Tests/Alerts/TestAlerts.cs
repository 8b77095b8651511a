using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Alerts;

/// <summary>Alerts, entries and senders for tests.</summary>
internal static class TestAlerts
{
    /// <summary>2026-01-02T03:04:05Z.</summary>
    internal const long At = 1_767_323_045_000;

    internal static Alert Webhook(string url = "http://unused.test/", string secret = "", string id = "a-000000000001") => new()
    {
        Id = id,
        Name = "ops",
        Type = AlertType.Webhook,
        Enabled = true,
        Url = url,
        Secret = secret,
    };

    internal static Alert Discord(string url)
    {
        Alert alert = Webhook(url);
        alert.Type = AlertType.Discord;
        return alert;
    }

    internal static OutboxEntry Entry(
        string id = "o-1", string alert = "a-000000000001", string check = "c-1", CheckState to = CheckState.Down) => new()
        {
            Id = id,
            AlertId = alert,
            CheckId = check,
            CheckName = "web",
            CheckType = CheckType.Http,
            Target = "https://example.org/",
            From = to == CheckState.Down ? CheckState.Up : CheckState.Down,
            To = to,
            AtMs = At,
            Ok = 1,
            Total = 3,
            Detail = "HTTP 503, expected 2xx",
            NodeId = "11111111-2222-3333-4444-555555555555",
            LastedMs = 3_723_000,
        };

    internal static AlertMessage Message() => AlertMessage.Of(Entry());

    /// <summary>An alert of a type, with settings as name and value; a name that begins with a star is a secret.</summary>
    internal static Alert Of(AlertType type, params (string Name, string Value)[] fields)
    {
        Alert alert = new() { Id = "a-000000000001", Name = "ops", Type = type, Enabled = true };
        foreach ((string name, string value) in fields)
        {
            if (name.StartsWith('*'))
                alert.Secrets[name[1..]] = new Secret { Text = value };
            else
                alert.Settings[name] = value;
        }

        return alert;
    }

    internal static ServiceKit Kit(TestWorld world, TimeProvider clock, ResolveSecret? secrets = null, ILogger? logger = null) => new(
        new AlertHttp(world.Resolver, world.Fresh, clock),
        secrets ?? SecretBag.InClear,
        new AlertComposer(logger ?? NullLogger.Instance),
        clock);
}
