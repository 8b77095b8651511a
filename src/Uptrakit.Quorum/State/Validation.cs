using System.Net;
using System.Text;
using Google.Protobuf.Collections;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.State;

/// <summary>
/// What the cluster takes. The state machine decides with it on every node and the commands use it for early messages;
/// null is fine, else one sentence: the field, what is wrong, what is allowed.
/// </summary>
internal static class Validation
{
    public const int MaxAlertsPerCheck = 64;
    public const int MaxResolvers = 8;
    public const int MaxSecret = 256;

    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromHours(24);
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(5);

    /// <summary>What a check gets that names no time-out: never more than its interval.</summary>
    public static TimeSpan DefaultTimeoutFor(TimeSpan interval) => interval < DefaultTimeout ? interval : DefaultTimeout;

    public static string? FaultOf(Check check) => FaultsOf(check).FirstOrDefault();

    public static string? FaultOf(Alert alert) => FaultsOf(alert).FirstOrDefault();

    /// <summary>All that is wrong with it, for who mends a file: the first one alone is what a command is refused with.</summary>
    public static IEnumerable<string> FaultsOf(Check check) => Found(
    [
        FaultOfId(check.Id, Names.IsCheckId(check.Id), "c-"),
        Names.FaultOf(check.Name),
        FaultOfTarget(check),
        .. FaultsOfTimes(check),
        FaultOfForeign(check),
        .. CheckFields.FaultsOf(check),
        .. FaultsOfLevels(check),
        FaultOfReferences("alerts", check.AlertIds),
        FaultOfReferences("suppress_alerts", check.SuppressAlertIds),
        FaultOfParents(check),
        FaultOfResolvers(check.Resolvers),
    ]);

    /// <inheritdoc cref="FaultsOf(Check)"/>
    public static IEnumerable<string> FaultsOf(Alert alert) => Found(
    [
        FaultOfId(alert.Id, Names.IsAlertId(alert.Id), "a-"),
        Names.FaultOf(alert.Name),
        .. AlertSchema.FaultsOf(alert),
        Names.FaultOfText("secret", alert.Secret, MaxSecret),
    ]);

    public static string? FaultOfName(string name) => Names.FaultOf(name);

    /// <summary>Null for an http or https URL. The sentence has no field in front, and does not repeat the URL: some are secrets.</summary>
    public static string? FaultOfUrl(string url) => WebAddress.FaultOf("url", url, out _, out _)?["url: ".Length..];

    /// <summary>Null for host:port. The sentence has no field in front.</summary>
    public static string? FaultOfHostPort(string text) => HostPort.TryParse(text, out _, out _)
        ? null
        : $"'{Shown(text)}' is not host:port; write db.example.com:5432 or [2001:db8::1]:5432";

    public static string? FaultOfResolver(string resolver) => HostPort.TryParseResolver(resolver, out _)
        ? null
        : $"resolvers: '{Shown(resolver)}' is not a DNS server; an address or address:port is allowed, "
            + "such as 192.0.2.53 or [2001:db8::53]:5353";

    public static string? FaultOfResolvers(IReadOnlyCollection<string> resolvers)
    {
        if (resolvers.Count > MaxResolvers)
            return $"resolvers: {resolvers.Count} are given; at most {MaxResolvers} are allowed";
        return resolvers.Select(FaultOfResolver).FirstOrDefault(fault => fault is not null);
    }

    public static string? FaultOfAdvertise(string hostPort)
    {
        if (!HostPort.TryParse(hostPort, out string host, out _))
            return $"advertise: '{Shown(hostPort)}' is not host:port; write host.example.com:9901 or [2001:db8::1]:9901";
        return HostPort.TryParseAddress(host, out IPAddress? address) && HostPort.IsUnspecified(address!)
            ? $"advertise: '{host}' means every address of this host; write the one that other nodes can reach"
            : null;
    }

    private static IEnumerable<string> Found(IEnumerable<string?> faults) => faults.OfType<string>();

    private static string? FaultOfId(string id, bool wellFormed, string prefix) => id.Length == 0 || wellFormed
        ? null
        : $"id: '{Shown(id)}' is not an id; {prefix} and 12 hexadecimal digits, or nothing for a new one, are allowed";

    private static string? FaultOfTarget(Check check) => FaultOfTarget(check.Type, check.Target) is { } fault
        ? fault.StartsWith("type:", StringComparison.Ordinal) ? fault : $"target: {fault}"
        : null;

    /// <summary>What is wrong with the target of a check of that type, without a field in front.</summary>
    public static string? FaultOfTarget(CheckType type, string target) => type switch
    {
        CheckType.Http => FaultOfUrl(target),
        CheckType.Tcp => FaultOfHostPort(target),
        CheckType.Icmp => FaultOfHost(target),
        CheckType.Tls => HostPort.TryParse(target, out _, out _) ? null : FaultOfHost(target),
        // What is asked for in DNS need not be the name of a host: _sip._tcp.example.org, or an address for its ptr record.
        CheckType.Dns => HostPort.TryParseHost(target, out _) || IsDnsName(target) ? null : $"'{Shown(target)}' is neither a DNS name nor an address",
        CheckType.Push => target.Length == 0 ? null : Names.FaultOfText("", target, Names.MaxLength)?[2..],
        _ => $"type: is not known; {string.Join(", ", Kinds.CheckTypes.Select(Kinds.Text))} are",
    };

    private static string? FaultOfHost(string text) => HostPort.TryParseHost(text, out _)
        ? null
        : $"'{Shown(text)}' is not a host; a name, an IPv4 address or an IPv6 address is allowed";

    private static bool IsDnsName(string text) => text.Length is > 0 and <= 253
        && text.TrimEnd('.').Split('.').All(static label => label.Length is > 0 and <= 63 && label.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));

    private static string?[] FaultsOfTimes(Check check)
    {
        string? interval = FaultOfRange("interval", check.IntervalMs, MinInterval, MaxInterval);
        // One that follows from the interval is not who wrote that one's fault, too.
        string? timeout = interval is not null && check.TimeoutMs == check.IntervalMs ? null : FaultOfRange("timeout", check.TimeoutMs, MinTimeout, MaxTimeout);
        // A probe that outlasts its interval would overlap with the next one.
        if (interval is null && timeout is null && check.TimeoutMs > check.IntervalMs)
        {
            timeout = $"timeout: {Durations.Format(check.TimeoutMs)} is longer than the interval of "
                + $"{Durations.Format(check.IntervalMs)}; at most the interval is allowed";
        }

        return [interval, timeout];
    }

    private static string? FaultOfRange(string field, long milliseconds, TimeSpan least, TimeSpan most) =>
        milliseconds < least.TotalMilliseconds || milliseconds > most.TotalMilliseconds
            ? $"{field}: {Durations.Format(milliseconds)} is out of range; "
                + $"{Durations.Format(least)} to {Durations.Format(most)} are allowed"
            : null;

    /// <summary>Options of another type say nothing, and would be taken for something by who reads them.</summary>
    private static string? FaultOfForeign(Check check)
    {
        CheckType? foreign = check.Type switch
        {
            not CheckType.Http when check.Http is not null || check.ExpectStatus != 0 => CheckType.Http,
            not CheckType.Tcp when check.Tcp is not null => CheckType.Tcp,
            not CheckType.Icmp when check.Icmp is not null => CheckType.Icmp,
            not CheckType.Tls when check.Tls is not null => CheckType.Tls,
            not CheckType.Dns when check.Dns is not null => CheckType.Dns,
            not CheckType.Push when check.Push is not null => CheckType.Push,
            _ => null,
        };
        return foreign is { } type ? $"type: is {Kinds.Text(check.Type)}, and options of {Kinds.Text(type)} checks are given" : null;
    }

    /// <summary>A warning that can never be seen, because the failure comes first.</summary>
    private static IEnumerable<string> FaultsOfLevels(Check check)
    {
        (long slow, long tooSlow) = check.Type == CheckType.Http
            ? (check.Http?.SlowMs ?? 0, check.Http?.TooSlowMs ?? 0)
            : (check.Icmp?.SlowMs ?? 0, check.Icmp?.TooSlowMs ?? 0);
        if (slow != 0 && tooSlow != 0 && slow >= tooSlow)
            yield return $"slow: {Durations.Format(slow)} is not less than too_slow, which is {Durations.Format(tooSlow)}";
        if (check.Tls is { } tls && tls.FailDays != 0 && tls.FailDays >= (tls.WarnDays == 0 ? 14 : tls.WarnDays))
            yield return $"fail_days: {tls.FailDays} is not less than warn_days, which is {(tls.WarnDays == 0 ? 14 : tls.WarnDays)}";
        if (check.Http is { Password: not null, Bearer: not null })
            yield return "bearer: cannot be given beside password";
        if (check.Type == CheckType.Push && check.Push is not { KeySha256.IsEmpty: false })
            yield return "key_sha256: is missing; 'qu check add push' makes a key and its hash";
        if (check.Http is { User.Length: > 0, Password: null })
            yield return "password: is missing beside user";
    }

    private static string? FaultOfParents(Check check) => FaultOfReferences("parents", check.ParentIds)
        ?? (check.ParentIds.Count > CheckFields.MaxParents ? $"parents: {check.ParentIds.Count} are given; at most {CheckFields.MaxParents} are allowed" : null)
        ?? (check.Id.Length > 0 && check.ParentIds.Contains(check.Id) ? "parents: a check cannot be its own parent" : null);

    private static string? FaultOfReferences(string field, RepeatedField<string> alerts)
    {
        if (alerts.Count > MaxAlertsPerCheck)
            return $"{field}: {alerts.Count} are given; at most {MaxAlertsPerCheck} are allowed";
        for (int i = 0; i < alerts.Count; i++)
        {
            if (alerts[i].Length == 0)
                return $"{field}: one is empty; the ids or names of alerts are allowed";
            if (Names.FaultOfText(field, alerts[i], Names.MaxLength) is { } fault)
                return fault;
            for (int j = 0; j < i; j++)
            {
                if (alerts[i] == alerts[j])
                    return $"{field}: '{alerts[i]}' is there twice";
            }
        }

        return null;
    }

    /// <summary>What was typed, short enough for a message and without characters that forge lines.</summary>
    internal static string Shown(string text)
    {
        StringBuilder shown = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (shown.Length >= 80)
                return shown.Append('…').ToString();
            if (Names.IsHidden(rune.Value))
                shown.Append('?');
            else
                shown.Append(rune.ToString());
        }

        return shown.ToString();
    }
}
