using Uptrakit.Quorum.Configuration.Import;
using Uptrakit.Quorum.State;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.Configuration.Import;

public sealed class GatusFileTests
{
    private const string Example = """
        storage:
          type: sqlite
        alerting:
          slack:
            webhook-url: "${SLACK_URL}"
            default-alert: {enabled: true, failure-threshold: 3}
          telegram: {token: "123:abc", id: "-100123"}
          email: {from: qu@example.org, host: mail.example.org, port: 587, to: "a@example.org,b@example.org", username: u, password: geheim}
          twilio: {sid: x}
        maintenance: {start: "23:05", duration: 1h, timezone: Europe/Berlin, every: [Monday, Sunday]}
        x-defaults: &defaults
          interval: 5m
          client: {timeout: 3s, insecure: true, dns-resolver: "tcp://192.0.2.53:53", proxy-url: "http://p"}
        endpoints:
          - <<: *defaults
            name: api
            group: core
            url: https://api.example.org/health
            method: POST
            body: '{"a": 1}'
            headers: {Accept: application/json, Authorization: "Bearer ${API_TOKEN}"}
            conditions:
              - "[STATUS] >= 200"
              - "[STATUS] < 300"
              - "[STATUS] != 204"
              - "[RESPONSE_TIME] < 500"
              - "[BODY].status == UP"
              - "[BODY].items[0].id != 5"
              - "has([BODY].version) == true"
              - "[BODY].name == pat(*john*)"
              - "[BODY] == pat(*fine*)"
              - "len([BODY].items) > 2"
              - "[CERTIFICATE_EXPIRATION] > 48h"
            alerts:
              - {type: slack, failure-threshold: 4, minimum-reminder-interval: 1h}
              - {type: twilio}
          - {name: api, url: "tcp://db.example.org:5432", conditions: ["[CONNECTED] == true"]}
          - {name: mx, url: "192.0.2.53", dns: {query-name: example.org., query-type: MX}, conditions: ["[BODY] == pat(*mail*)", "[DNS_RCODE] == NOERROR"]}
          - {name: ping, url: "icmp://192.0.2.1", enabled: false, conditions: ["[CONNECTED] == true"]}
          - {name: cert, url: "tls://example.org:443", conditions: ["[CERTIFICATE_EXPIRATION] > 720h"]}
          - {name: mail, url: "starttls://mail.example.org:587", conditions: ["[CONNECTED] == true"]}
          - {name: sock, url: "wss://example.org", conditions: ["[CONNECTED] == true"]}
          - {name: secret, url: "https://${HOST}/", conditions: ["[STATUS] == 200"]}
          - {name: bad, url: "https://", conditions: ["[STATUS] == 200"]}
        external-endpoints:
          - {name: job, group: batch, token: t0k3n, heartbeat: {interval: 30m}, alerts: [{type: telegram}]}
          - {name: other, token: x}
        """;

    [Fact]
    public void Example_BecomesChecksAndAlerts()
    {
        Imported imported = Read(Example);

        Assert.Equal(["slack", "telegram", "email"], imported.Alerts.Select(alert => alert.Name));
        Assert.Equal("env:QUPTIME_SECRET_SLACK_URL", imported.Alerts[0].Secrets["url"].Text);
        Assert.Equal((["a@example.org", "b@example.org"], "starttls", "u"), (imported.Alerts[2].Smtp.To, imported.Alerts[2].Smtp.Security, imported.Alerts[2].Smtp.User));
        Assert.Equal(["api", "api 2", "mx", "ping", "cert", "mail", "job"], imported.Checks.Select(check => check.Name));
        Check api = imported.Checks[0];
        Assert.Equal((300_000, 3_000, "POST", "core", 3, 3_600_000, true), (api.IntervalMs, api.TimeoutMs, api.Http.Method, api.Group, api.Retries, api.ReminderMs, api.Http.Insecure));
        Assert.Equal((500, 2, "fine", "env:QUPTIME_SECRET_API_TOKEN"), (api.Http.TooSlowMs, api.Http.WarnDays, api.BodyMatch, api.Http.Bearer.Text));
        Assert.Equal("200-203,205-299", StatusRanges.Text(api.Http.Expect));
        Assert.Equal(["$.status == UP", "$.items[0].id != 5", "$.version exists", "$.name contains john"], api.Http.Json.Select(JsonConditions.Text));
        Assert.Equal((["192.0.2.53:53"], ["slack"]), (api.Resolvers, api.AlertIds));
        Assert.Equal((CheckType.Tcp, "db.example.org:5432", 60_000), (imported.Checks[1].Type, imported.Checks[1].Target, imported.Checks[1].IntervalMs));
        Assert.Equal(("example.org", "mx", "", "mail"), (imported.Checks[2].Target, imported.Checks[2].Dns.Record, imported.Checks[2].Dns.Resolver, imported.Checks[2].Dns.Expect));
        // As the check's resolver: else the cluster's would be asked in its place.
        Assert.Equal(["192.0.2.53"], imported.Checks[2].Resolvers);
        Assert.Equal((CheckType.Icmp, false), (imported.Checks[3].Type, imported.Checks[3].Enabled));
        Assert.Equal((true, 30, 37), (imported.Checks[4].Tls.Verify, imported.Checks[4].Tls.FailDays, imported.Checks[4].Tls.WarnDays));
        Assert.Equal("smtp", imported.Checks[5].Tls.StartTls);
        Assert.Equal((CheckType.Push, 1_800_000, 32), (imported.Checks[6].Type, imported.Checks[6].IntervalMs, imported.Checks[6].Push.KeySha256.Length));
        MaintenanceWindow window = Assert.Single(imported.Present.Windows);
        Assert.Equal(("5 23 * * 1,0", 3_600_000, "Europe/Berlin", true), (window.Cron, window.LastsMs, window.Zone, window.All));
    }

    /// <summary>Nobody but the server that the endpoint watches may answer for it.</summary>
    [Fact]
    public void NameServer_WithAName_IsKeptAndNoOtherIsAskedBesideIt()
    {
        Imported imported = Read("""
            endpoints:
              - name: ns
                url: ns1.example.org
                dns: {query-name: example.org, query-type: A}
                client: {dns-resolver: "udp://192.0.2.54:53"}
                conditions: ["[DNS_RCODE] == NOERROR"]
            """);

        Check check = Assert.Single(imported.Checks);
        Assert.Equal(("ns1.example.org", 0), (check.Dns.Resolver, check.Resolvers.Count));
        Assert.Contains(imported.Notes, static note => note.Contains("asked only while the cluster has no resolvers", StringComparison.Ordinal));
        Assert.Contains(imported.Notes, static note => note.Contains("'dns-resolver' of its client is left out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("section 'storage' is left out")]
    [InlineData("alert 'twilio' is left out: qu has no such type")]
    [InlineData("alert 'slack': set the variable QUPTIME_SECRET_SLACK_URL")]
    [InlineData("alert 'slack': 'failure-threshold' of its defaults is left out")]
    [InlineData("check 'api': its alert 'twilio' is left out")]
    [InlineData("check 'api': 'proxy-url' of its client is left out")]
    [InlineData("check 'api': the condition 'len([BODY].items) > 2' is left out")]
    [InlineData("check 'sock' is left out: 'wss' is no kind of target")]
    [InlineData("check 'secret' is left out: its url needs the variable HOST")]
    [InlineData("check 'bad' is left out: target:")]
    [InlineData("check 'other' is left out: it has no heartbeat interval")]
    public void WhatHasNoPlace_IsTold(string beginning) =>
        Assert.Single(Read(Example).Notes, note => note.StartsWith(beginning, StringComparison.Ordinal));

    [Fact]
    public void Example_WrittenByUs_IsTakenByApply() => ImportRound.Check(Read(Example));

    [Fact]
    public void AliasBomb_IsRefused()
    {
        string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
            + string.Concat(Enumerable.Range(1, 30).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n")) + "endpoints: *a30\n";

        Assert.Contains("more than 500000 values", GatusFile.Read(bomb).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("endpoints: &a [*a]", "stands for nothing")]
    [InlineData("endpoints: *nobody", "stands for nothing")]
    [InlineData("a: 1", "neither endpoints nor alerting")]
    [InlineData("\t{{{", "not YAML")]
    [InlineData("endpoints: \"\0\"", "control character")]
    [InlineData("- a", "expected fields")]
    [InlineData("endpoints: []\n---\nendpoints: []", "second document")]
    public void FileThatIsNone_IsRefusedInWords(string text, string words) =>
        Assert.Contains(words, GatusFile.Read(text).Fault, StringComparison.Ordinal);

    [Fact]
    public void FileThatIsNested_IsRefused() =>
        Assert.Contains("deep", GatusFile.Read("endpoints: " + new string('[', 5000) + new string(']', 5000)).Fault, StringComparison.Ordinal);

    [Theory]
    [InlineData("endpoints: 5")]
    [InlineData("endpoints: [1, a, [], {}]")]
    [InlineData("endpoints: [{name: [], url: {}, conditions: {a: b}, alerts: 7, client: [], headers: x, dns: 1, interval: never}]")]
    [InlineData("alerting: [a]")]
    [InlineData("alerting: {slack: 5, email: [], ntfy: {topic: {}}}")]
    [InlineData("maintenance: {every: [Someday], start: 5, duration: x}")]
    [InlineData("external-endpoints: [{}, {token: [], heartbeat: 1}]")]
    [InlineData("endpoints: [{name: \"\\u202E\\n--\", url: \"https://example.org\", conditions: [\"[STATUS] == \", \"== ==\", \" == [STATUS]\", \"[STATUS] < 0\", \"[BODY]. == x\"]}]")]
    public void StrangeValues_AreLeftOutAndNothingBreaks(string text) => ImportRound.Check(Read(text));

    private static Imported Read(string text)
    {
        Imported imported = GatusFile.Read(text);
        Assert.Null(imported.Fault);
        return imported;
    }
}
