using CsCheck;
using Uptrakit.Quorum.Configuration.Import;
using Uptrakit.Quorum.State;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.Configuration.Import;

public sealed class KumaFileTests
{
    private const string Example = """
        {
          "version": "1.23.11",
          "notificationList": [
            {"id": 1, "name": "Chat", "active": true, "isDefault": true, "config": "{\"type\":\"discord\",\"discordWebhookUrl\":\"https://discord.com/api/webhooks/1/geheim\"}"},
            {"id": 2, "name": "Mail", "active": false, "config": "{\"type\":\"smtp\",\"smtpHost\":\"mail.example.org\",\"smtpPort\":465,\"smtpSecure\":true,\"smtpFrom\":\"qu@example.org\",\"smtpTo\":\"a@example.org, b@example.org\",\"smtpUsername\":\"u\",\"smtpPassword\":\"geheim\",\"smtpCC\":\"c@example.org\"}"},
            {"id": 3, "name": "Push", "config": "{\"type\":\"ntfy\",\"ntfytopic\":\"ops\",\"ntfyserverurl\":\"https://ntfy.sh\",\"ntfyPriority\":5,\"ntfyAuthenticationMethod\":\"accessToken\",\"ntfyaccesstoken\":\"tk_geheim\"}"},
            {"id": 4, "name": "Phone", "config": "{\"type\":\"pushy\"}"},
            {"id": 5, "name": "Team", "config": "{\"type\":\"slack\",\"slackwebhookURL\":\"http://unsafe.example.org/x\"}"}
          ],
          "monitorList": [
            {"id": 1, "name": "Production", "type": "group", "active": true},
            {"id": 2, "name": "site", "type": "http", "url": "https://example.org/", "method": "GET", "interval": 60, "timeout": 48, "maxretries": 3, "retryInterval": 20,
             "resendInterval": 5, "active": true, "maxredirects": 0, "accepted_statuscodes": ["200-299", "401"], "ignoreTls": true, "expiryNotification": true, "parent": 1,
             "headers": "{\"X-A\": \"b\"}", "basic_auth_user": "u", "basic_auth_pass": "geheim", "notificationIDList": {"1": true, "4": true, "2": false},
             "tags": [{"name": "prod", "value": ""}, {"name": "tier", "value": "1 a"}], "description": "the shop", "dns_resolve_server": "1.1.1.1"},
            {"id": 3, "name": "site", "type": "keyword", "url": "https://example.org/k", "keyword": "fine", "invertKeyword": true, "interval": 30},
            {"id": 4, "name": "db", "type": "port", "hostname": "2001:db8::1", "port": 5432, "interval": 20},
            {"id": 5, "name": "router", "type": "ping", "hostname": "192.0.2.1", "interval": 20, "active": false},
            {"id": 6, "name": "zone", "type": "dns", "hostname": "example.org", "dns_resolve_type": "MX", "dns_resolve_server": "192.0.2.53,192.0.2.54", "port": 53, "interval": 60},
            {"id": 7, "name": "job", "type": "push", "pushToken": "abcdef", "interval": 3600},
            {"id": 8, "name": "box", "type": "docker", "docker_container": "x", "interval": 60},
            {"id": 9, "name": "inverse", "type": "http", "url": "https://example.org/", "upsideDown": true, "interval": 60},
            {"id": 10, "name": "json", "type": "json-query", "url": "https://example.org/j", "jsonPath": "status", "expectedValue": "ok", "interval": 60, "authMethod": "ntlm"}
          ],
          "proxyList": [{"id": 1}]
        }
        """;

    [Fact]
    public void Example_BecomesChecksAndAlerts()
    {
        Imported imported = Read(Example);

        Assert.Equal(["Chat", "Mail", "Push"], imported.Alerts.Select(alert => alert.Name));
        Assert.Equal((true, "https://discord.com/api/webhooks/1/geheim"), (imported.Alerts[0].IsDefault, imported.Alerts[0].Secrets["url"].Text));
        Assert.Equal((false, "tls", 465, "geheim"), (imported.Alerts[1].Enabled, imported.Alerts[1].Smtp.Security, imported.Alerts[1].Smtp.Port, imported.Alerts[1].Secrets["password"].Text));
        Assert.Equal(("tk_geheim", "5"), (imported.Alerts[2].Secrets["token"].Text, imported.Alerts[2].Settings["priority"]));
        Assert.Equal(["site", "site 2", "db", "router", "zone", "job", "json"], imported.Checks.Select(check => check.Name));
        Check site = imported.Checks[0];
        Assert.Equal((60_000, 48_000, 3, 20_000, 300_000), (site.IntervalMs, site.TimeoutMs, site.Retries, site.RetryAfterMs, site.ReminderMs));
        Assert.Equal(("200-299,401", -1, true, 14, "u", "geheim"),
            (StatusRanges.Text(site.Http.Expect), site.Http.Redirects, site.Http.Insecure, site.Http.WarnDays, site.Http.User, site.Http.Password.Text));
        Assert.Equal((["prod", "tier:1-a"], "Production", "the shop"), (site.Tags, site.Group, site.Description));
        Assert.Equal(["Chat"], site.AlertIds);
        Assert.Equal(("fine", 30_000), (imported.Checks[1].Http.BodyNotMatch, imported.Checks[1].IntervalMs));
        Assert.Equal("[2001:db8::1]:5432", imported.Checks[2].Target);
        Assert.False(imported.Checks[3].Enabled);
        Assert.Equal(("mx", ["192.0.2.53", "192.0.2.54"]), (imported.Checks[4].Dns.Record, imported.Checks[4].Resolvers));
        Assert.Equal("$.status == ok", JsonConditions.Text(imported.Checks[6].Http.Json[0]));
        Assert.Equal(5, imported.CountClearSecrets());
    }

    [Theory]
    [InlineData("'proxyList' is left out")]
    [InlineData("alert 'Mail': copies")]
    [InlineData("alert 'Phone' is left out: qu has no type 'pushy'")]
    [InlineData("alert 'Team' is left out: url: needs https://")]
    [InlineData("check 'site': one of its alerts is left out")]
    [InlineData("check 'job': beats go to")]
    [InlineData("check 'box' is left out: qu has no check of type 'docker'")]
    [InlineData("check 'inverse' is left out")]
    [InlineData("check 'json': its authentication 'ntlm' is left out")]
    public void WhatHasNoPlace_IsTold(string beginning) =>
        Assert.Single(Read(Example).Notes, note => note.StartsWith(beginning, StringComparison.Ordinal));

    [Fact]
    public void Example_WrittenByUs_IsTakenByApply() => ImportRound.Check(Read(Example));

    [Fact]
    public void Notes_HoldNoSecret() => Assert.All(Read(Example).Notes, note => Assert.DoesNotContain("geheim", note, StringComparison.Ordinal));

    [Theory]
    [InlineData("", "not JSON: line 1")]
    [InlineData("[]", "no object")]
    [InlineData("{\"monitorList\": ", "not JSON")]
    [InlineData("{\"a\": 1}", "neither monitorList")]
    [InlineData("{\"monitorList\": [\"\\ud800\"]}", "no Unicode")]
    public void FileThatIsNone_IsRefusedInWords(string text, string words) => Assert.Contains(words, KumaFile.Read(text).Fault, StringComparison.Ordinal);

    [Fact]
    public void FileThatIsNested_IsRefused() =>
        Assert.Contains("not JSON", KumaFile.Read("{\"monitorList\": " + new string('[', 5000) + new string(']', 5000) + "}").Fault, StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"monitorList\": 5, \"notificationList\": \"x\"}")]
    [InlineData("{\"monitorList\": [1, null, [], {}], \"notificationList\": [null, {}, {\"config\": \"{\"}, {\"config\": {\"type\": \"smtp\"}}]}")]
    [InlineData("{\"monitorList\": {\"1\": {\"type\": \"http\", \"url\": 5, \"interval\": 1e300, \"timeout\": -5, \"headers\": \"{\", \"accepted_statuscodes\": [\"x\"], \"tags\": [{}], \"notificationIDList\": []}}}")]
    [InlineData("{\"monitorList\": [{\"type\": \"push\"}, {\"type\": \"dns\", \"hostname\": \"\", \"dns_resolve_type\": \"X\", \"dns_resolve_server\": \"nonsense\"}]}")]
    [InlineData("{\"monitorList\": [{\"type\": \"http\", \"name\": \"\\u202e\\r\\n\\u001b[31m\", \"url\": \"https://example.org/\", \"resendInterval\": 9e14, \"maxretries\": 99, \"retryInterval\": 1e9}]}")]
    public void StrangeValues_AreLeftOutAndNothingBreaks(string text) => ImportRound.Check(Read(text));

    [Fact]
    public void Example_DamagedAnywhere_NeverThrows() => Gen.Select(Gen.Int[0, Example.Length - 1], Gen.Char, Gen.Int[0, 40]).Sample((at, with, cut) =>
    {
        string damaged = Example[..at] + with + Example[Math.Min(Example.Length, at + cut)..];
        Imported imported = KumaFile.Read(damaged);
        if (imported.Fault is null)
            ImportRound.Check(imported);
        // As YAML it is nearly the same, and takes the other way through the scanner.
        _ = GatusFile.Read(damaged);
    }, iter: 100);

    [Fact]
    public void HundredThousandOfOneName_AreNamedQuickly()
    {
        string many = "{\"monitorList\": [" + string.Join(',', Enumerable.Repeat("{\"type\":\"ping\",\"name\":\"x\",\"hostname\":\"192.0.2.1\"}", 60_000)) + "]}";

        Imported imported = Read(many);

        Assert.Equal((50_000, "x 50000"), (imported.Checks.Count, imported.Checks[^1].Name));
        Assert.Equal(1001, imported.Notes.Count);
    }

    private static Imported Read(string text)
    {
        Imported imported = KumaFile.Read(text);
        Assert.Null(imported.Fault);
        return imported;
    }
}
