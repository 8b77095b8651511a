using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Uptrakit.Quorum.State;

/// <summary>All options of all checks, in the order in which files and help show them.</summary>
/// <remarks>Name, type, target, enabled, interval, timeout, alerts and resolvers are not in here: every check has them.</remarks>
internal static class CheckFields
{
    public const int MaxText = 1024;
    public const int MaxBody = 16 * 1024;
    public const int MaxTags = 32;
    public const int MaxParents = 16;

    private static readonly CheckType[] Http = [CheckType.Http];
    private static readonly CheckType[] Tcp = [CheckType.Tcp];
    private static readonly CheckType[] Icmp = [CheckType.Icmp];
    private static readonly CheckType[] Tls = [CheckType.Tls];
    private static readonly CheckType[] Dns = [CheckType.Dns];
    private static readonly CheckType[] All = [];
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);
    private static readonly string[] Records = ["a", "aaaa", "cname", "mx", "txt", "ns", "soa", "srv", "caa", "ptr"];
    private static readonly string[] Protocols = ["smtp", "imap", "pop3", "ftp", "ldap", "postgres", "mysql", "xmpp"];

    public static IReadOnlyList<CheckField> Table { get; } =
    [
        CheckField.Text("method", Http, "method", "request method (default GET)",
            static c => c.Http?.Method ?? "", static (c, v) => Of(c).Method = v, FaultOfToken),
        CheckField.List("headers", Http, "name: value", "a header to send; the value may be file:… or env:…", 32,
            static c => [.. (c.Http?.Headers ?? []).Select(static h => $"{h.Name}: {Secrets.Shown(h.Value)}")], SetHeaders, FaultOfHeader) with { IsSecret = true },
        CheckField.Text("body", Http, "text", "body to send", static c => c.Http?.Body ?? "", static (c, v) => Of(c).Body = v,
            static v => v.Length > MaxBody ? $"is {v.Length} characters long; at most {MaxBody} are allowed" : null),
        CheckField.Text("user", Http, "name", "user name for basic authentication",
            static c => c.Http?.User ?? "", static (c, v) => Of(c).User = v, static v => v.Contains(':') ? "must not hold a colon" : Line(v)),
        Secret("password", "password for basic authentication", static c => c.Http?.Password, static (c, v) => Of(c).Password = v),
        Secret("bearer", "token for bearer authentication", static c => c.Http?.Bearer, static (c, v) => Of(c).Bearer = v),
        Secret("client_certificate", "PEM with certificate and key to show", static c => c.Http?.ClientCertificate, static (c, v) => Of(c).ClientCertificate = v),
        CheckField.Text("expect", [CheckType.Http, CheckType.Tcp, CheckType.Dns], "what",
            "http: statuses that count as up, such as 200 or 200-299,401 (default any 2xx); tcp: text of the answer; dns: text of one answer",
            GetExpect, SetExpect, Line) with { FaultFor = FaultOfExpect },
        CheckField.Text("body_match", Http, "text", "text that the first MiB of the answer must contain",
            static c => c.BodyMatch, static (c, v) => c.BodyMatch = v, Bounded),
        CheckField.Text("body_not_match", Http, "text", "text that the answer must not contain; what follows its first MiB is not read",
            static c => c.Http?.BodyNotMatch ?? "", static (c, v) => Of(c).BodyNotMatch = v, Bounded),
        CheckField.List("json", Http, "condition", "what the JSON of the answer must say, such as '$.status == ok'", 16,
            static c => [.. (c.Http?.Json ?? []).Select(JsonConditions.Text)],
            static (c, v) => Replace(Of(c).Json, v.Select(static text => JsonConditions.TryParse(text, out JsonCondition? one, out _) ? one : new JsonCondition())),
            static v => JsonConditions.TryParse(v, out _, out string? fault) ? null : fault) with { FlagName = "expect-json" },
        CheckField.Text("send", Tcp, "text", "what to send first; \\r \\n \\t \\\\ and \\xNN are understood",
            static c => c.Tcp?.Send ?? "", static (c, v) => (c.Tcp ??= new()).Send = v, FaultOfEscapes),
        CheckField.Number("count", Icmp, "number", "echo requests in one probe (default 3)", 1, 20,
            static c => c.Icmp?.Count ?? 0, static (c, v) => (c.Icmp ??= new()).Count = v),
        CheckField.Number("loss", Icmp, "percent", "lost requests above which it counts as down (default: when all are lost)", 1, 100,
            static c => c.Icmp?.LossPercent ?? 0, static (c, v) => (c.Icmp ??= new()).LossPercent = v),
        CheckField.Text("sni", Tls, "name", "server name to ask for (default the host)",
            static c => c.Tls?.Sni ?? "", static (c, v) => (c.Tls ??= new()).Sni = v, static v => HostPort.TryParseHost(v, out _) ? null : "is not a host name"),
        CheckField.Number("warn_days", [CheckType.Http, CheckType.Tls], "days", "days before the certificate ends at which to warn (tls: default 14; http: never)", 1, 3650,
            static c => c.Type == CheckType.Http ? c.Http?.WarnDays ?? 0 : c.Tls?.WarnDays ?? 0,
            static (c, v) =>
            {
                if (c.Type == CheckType.Http)
                    Of(c).WarnDays = v;
                else
                    (c.Tls ??= new()).WarnDays = v;
            }),
        CheckField.Number("fail_days", Tls, "days", "days before the certificate ends at which it counts as down (default: when it has ended)", 1, 3650,
            static c => c.Tls?.FailDays ?? 0, static (c, v) => (c.Tls ??= new()).FailDays = v),
        CheckField.Switch("verify", Tls, "chain and name must be right too", static c => c.Tls?.Verify ?? false, static (c, v) => (c.Tls ??= new()).Verify = v),
        CheckField.Text("starttls", Tls, "protocol", $"begin in clear and change to TLS: {string.Join(", ", Protocols)}",
            static c => c.Tls?.StartTls ?? "", static (c, v) => (c.Tls ??= new()).StartTls = v, OneOf(Protocols)),
        CheckField.Text("record", Dns, "type", $"what to ask for (default a): {string.Join(", ", Records)}",
            static c => c.Dns?.Record ?? "", static (c, v) => (c.Dns ??= new()).Record = v, OneOf(Records)),
        CheckField.Text("resolver", Dns, "host[:port]", "server to ask where neither the check nor the cluster has resolvers (default: the host's)",
            static c => c.Dns?.Resolver ?? "", static (c, v) => (c.Dns ??= new()).Resolver = v,
            static v => HostPort.TryParseNameServer(v, out _, out _) ? null : "is not a DNS server; host or host:port is allowed"),
        CheckField.Text("rcode", Dns, "code", "the response code that counts as up (default NOERROR with an answer)",
            static c => c.Dns?.Rcode ?? "", static (c, v) => (c.Dns ??= new()).Rcode = v, OneOf(["NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP"])),
        CheckField.Text("key_sha256", [CheckType.Push], "hex", "SHA-256 of the key that a beat must show",
            static c => c.Push is { KeySha256.Length: > 0 } push ? Convert.ToHexStringLower(push.KeySha256.Span) : "",
            static (c, v) => (c.Push ??= new()).KeySha256 = v.Length == 0 ? ByteString.Empty : ByteString.CopyFrom(Convert.FromHexString(v)),
            static v => v.Length == 64 && v.All(char.IsAsciiHexDigit) ? null : "is not a SHA-256 in 64 hexadecimal digits"),
        CheckField.Duration("slow", [CheckType.Http, CheckType.Icmp], "an answer that takes longer is a warning", Millisecond, FiveMinutes,
            static c => c.Type == CheckType.Http ? c.Http?.SlowMs ?? 0 : c.Icmp?.SlowMs ?? 0,
            static (c, v) =>
            {
                if (c.Type == CheckType.Http)
                    Of(c).SlowMs = v;
                else
                    (c.Icmp ??= new()).SlowMs = v;
            }),
        CheckField.Duration("too_slow", [CheckType.Http, CheckType.Icmp], "an answer that takes longer counts as down", Millisecond, FiveMinutes,
            static c => c.Type == CheckType.Http ? c.Http?.TooSlowMs ?? 0 : c.Icmp?.TooSlowMs ?? 0,
            static (c, v) =>
            {
                if (c.Type == CheckType.Http)
                    Of(c).TooSlowMs = v;
                else
                    (c.Icmp ??= new()).TooSlowMs = v;
            }),
        CheckField.Number("redirects", Http, "number", "redirects to follow (default 10; -1: none, the redirect itself is judged)", -1, 20,
            static c => c.Http?.Redirects ?? 0, static (c, v) => Of(c).Redirects = v),
        CheckField.Switch("inner_redirects", Http, "redirects may lead to loopback, link-local and metadata addresses",
            static c => c.Http?.InnerRedirects ?? false, static (c, v) => Of(c).InnerRedirects = v),
        CheckField.Switch("insecure", Http, "take any certificate", static c => c.Http?.Insecure ?? false, static (c, v) => Of(c).Insecure = v),
        CheckField.Number("retries", All, "number", "probes that are repeated at once before a failure counts (default 0)", 1, 10,
            static c => c.Retries, static (c, v) => c.Retries = v),
        CheckField.Duration("retry_after", All, "time between them (default 1s)", TimeSpan.FromMilliseconds(100), FiveMinutes,
            static c => c.RetryAfterMs, static (c, v) => c.RetryAfterMs = v),
        CheckField.Number("down_when", All, "members", "so many members must see it down (default: a majority)", 1, CommandApplier.MaxPeers,
            static c => c.DownWhen, static (c, v) => c.DownWhen = v),
        CheckField.Duration("reminder", All, "a message again and again while it is down (default none)", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30),
            static c => c.ReminderMs, static (c, v) => c.ReminderMs = v),
        CheckField.List("tags", All, "tag", "words to find it by, for maintenance and lists", MaxTags,
            static c => c.Tags, static (c, v) => Replace(c.Tags, v), FaultOfTag) with { Splits = true },
        CheckField.Text("group", All, "name", "where it stands on the status page", static c => c.Group, static (c, v) => c.Group = v, Word),
        CheckField.Text("description", All, "text", "what the status page says of it, in place of its target",
            static c => c.Description, static (c, v) => c.Description = v, Line),
        CheckField.Switch("hidden", All, "not on the public status page", static c => c.Hidden, static (c, v) => c.Hidden = v),
    ];

    public static CheckField? Find(string name) => Table.FirstOrDefault(field => field.Name == name);

    public static IEnumerable<CheckField> For(CheckType type) => Table.Where(field => field.IsFor(type));

    /// <summary>The faults of what the check has, in the order of the table.</summary>
    public static IEnumerable<string?> FaultsOf(Check check) => Table.Select(field => field.FaultIn(check));

    /// <summary>Takes away what says nothing, so that two checks that are the same are equal.</summary>
    public static void Tidy(Check check)
    {
        if (check.Http?.CalculateSize() == 0)
            check.Http = null;
        if (check.Tcp?.CalculateSize() == 0)
            check.Tcp = null;
        if (check.Icmp?.CalculateSize() == 0)
            check.Icmp = null;
        if (check.Tls?.CalculateSize() == 0)
            check.Tls = null;
        if (check.Dns?.CalculateSize() == 0)
            check.Dns = null;
        if (check.Push?.CalculateSize() == 0)
            check.Push = null;
    }

    private static HttpOptions Of(Check check) => check.Http ??= new();

    private static CheckField Secret(string name, string help, Func<Check, Secret?> get, Action<Check, Secret?> set) =>
        CheckField.Text(name, Http, "secret", $"{help}; better file:/path or env:QUPTIME_SECRET_NAME than the text itself",
            check => Secrets.Shown(get(check)), (check, value) => set(check, value.Length == 0 ? null : Secrets.Of(value)), Secrets.FaultOf) with { IsSecret = true };

    private static string GetExpect(Check check) => check.Type switch
    {
        CheckType.Tcp => check.Tcp?.Expect ?? "",
        CheckType.Dns => check.Dns?.Expect ?? "",
        _ when check.Http is { Expect.Count: > 0 } http => StatusRanges.Text(http.Expect),
        _ => check.ExpectStatus == 0 ? "" : check.ExpectStatus.ToString(CultureInfo.InvariantCulture),
    };

    private static void SetExpect(Check check, string value)
    {
        switch (check.Type)
        {
            case CheckType.Tcp:
                (check.Tcp ??= new()).Expect = value;
                break;
            case CheckType.Dns:
                (check.Dns ??= new()).Expect = value;
                break;
            default:
                check.ExpectStatus = 0;
                check.Http?.Expect.Clear();
                if (value is "" or "0" or "2xx" || !StatusRanges.TryParse(value, out IReadOnlyList<StatusRange> ranges))
                    break;
                // As the first version wrote it, so that a node of that version still understands the common case.
                if (ranges is [{ } only] && only.From == only.To)
                    check.ExpectStatus = only.From;
                else
                    Of(check).Expect.AddRange(ranges);
                break;
        }
    }

    private static string? FaultOfExpect(CheckType type, string value) => type != CheckType.Http || value is "0" or "2xx" || StatusRanges.TryParse(value, out _)
        ? null
        : $"'{Validation.Shown(value)}' is not a list of HTTP statuses; write 200, 2xx or 200-299,401";

    private static void SetHeaders(Check check, IReadOnlyList<string> values)
    {
        RepeatedField<HttpHeader> headers = Of(check).Headers;
        headers.Clear();
        foreach (string value in values)
        {
            int colon = value.IndexOf(':');
            headers.Add(new HttpHeader { Name = value[..colon].Trim(), Value = Secrets.Of(value[(colon + 1)..].Trim()) });
        }
    }

    private static string? FaultOfHeader(string value)
    {
        int colon = value.IndexOf(':');
        if (colon <= 0 || FaultOfToken(value[..colon].Trim()) is not null)
            return $"'{Validation.Shown(colon > 0 ? value[..colon] : "")}' is not the name of a header; write 'Name: value'";
        string name = value[..colon].Trim();
        if (name.ToLowerInvariant() is "content-length" or "transfer-encoding" or "connection" or "upgrade" or "expect" or "te" or "trailer")
            return $"{name} is set by the probe itself";
        return Secrets.FaultOf(value[(colon + 1)..].Trim());
    }

    private static string? FaultOfToken(string value) =>
        value.Length is > 0 and <= 64 && value.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c))
            ? null
            : $"'{Validation.Shown(value)}' has a character that is not allowed there";

    private static string? FaultOfEscapes(string value) => Escapes.TryParse(value, out _, out string fault) ? Line(value) : fault;

    private static string? FaultOfTag(string value) => value.Length is > 0 and <= 32 && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/')
        ? null
        : $"'{Validation.Shown(value)}' is not a tag; up to 32 letters, digits, and - _ . : / are";

    private static string? Bounded(string value) => value.Length > MaxText ? $"is {value.Length} characters long; at most {MaxText} are allowed" : null;

    private static string? Line(string value) => Names.FaultOfText("", value, MaxText)?[2..];

    private static string? Word(string value) => Names.FaultOfText("", value, Names.MaxLength)?[2..];

    private static Func<string, string?> OneOf(string[] words) => value => words.Contains(value, StringComparer.OrdinalIgnoreCase)
        ? null
        : $"'{Validation.Shown(value)}' is not known; {string.Join(", ", words)} are";

    private static void Replace<T>(RepeatedField<T> field, IEnumerable<T> values)
    {
        T[] all = [.. values];
        field.Clear();
        field.AddRange(all);
    }
}
