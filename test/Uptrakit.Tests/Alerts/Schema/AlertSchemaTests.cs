using Google.Protobuf;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Alerts.Schema;

public sealed class AlertSchemaTests
{
    [Fact]
    public void Types_OfTheState_AreAllThere() => Assert.Equal(
        Enum.GetValues<AlertType>().Where(t => t != AlertType.Unspecified).Order(), AlertSchema.All.Select(k => k.Type).Order());

    [Fact]
    public void Example_OfEveryField_IsGood() => Assert.All(AlertSchema.All, kind =>
    {
        Assert.Equal(kind.Fields.Count, kind.Fields.Select(f => f.Name).Distinct().Count());
        Assert.Null(AlertSchema.FaultOf(Whole(kind)));
        Assert.All(kind.Fields.Where(f => f.Default.Length > 0), f => Assert.Null(f.Check(f.Default)));
        Assert.All(kind.Fields, f => Assert.True(f.Help.Length > 0 && f.Example.Length > 0 && f.IsIn(Only(f)), f.Name));
    });

    [Fact]
    public void NeededField_ThatIsMissing_IsNamed() => Assert.All(AlertSchema.All, kind => Assert.All(kind.Fields.Where(f => f.Needed), field =>
    {
        Alert alert = Whole(kind);
        field.Set(alert);

        Assert.StartsWith($"{field.Name}: is missing", AlertSchema.FaultOf(alert), StringComparison.Ordinal);
    }));

    [Fact]
    public void Field_WithALineBreak_IsRefusedInEveryPlace() => Assert.All(AlertSchema.All, kind => Assert.All(kind.Fields, field =>
    {
        Alert alert = Whole(kind);
        field.Set(alert, "a\r\nb");

        Assert.StartsWith($"{field.Name}: ", AlertSchema.FaultOf(alert), StringComparison.Ordinal);
    }));

    [Fact]
    public void Secret_ThatIsReferencedOrSealed_IsTaken() => Assert.All(AlertSchema.All, kind => Assert.All(kind.Fields.Where(f => f.IsSecret && f.IsIn(Whole(kind))), field =>
    {
        Alert alert = Whole(kind);
        alert.Secrets[field.Name] = new Secret { Text = "env:TOKEN" };
        Assert.Null(AlertSchema.FaultOf(alert));
        alert.Secrets[field.Name] = new Secret { Sealed = ByteString.CopyFromUtf8("sealed") };
        Assert.Null(AlertSchema.FaultOf(alert));
    }));

    [Fact]
    public void Fault_OfASecret_DoesNotRepeatIt() => Assert.All(AlertSchema.All, kind => Assert.All(kind.Fields.Where(f => f.IsSecret), field =>
    {
        foreach (string bad in (string[])["geheim 42\n", "http://geheim.example.org/geheim42", "geheim/42\u0001"])
        {
            Alert alert = Whole(kind);
            field.Set(alert, bad);
            Assert.DoesNotContain("geheim", AlertSchema.FaultOf(alert) ?? "", StringComparison.Ordinal);
        }
    }));

    [Theory]
    [InlineData("smtp", "port", "0", "port: '-1' is not allowed; 1 to 65535 are")]
    [InlineData("smtp", "port", "many", "port: '-1' is not allowed; 1 to 65535 are")]
    [InlineData("smtp", "security", "ssl", "security: 'ssl' is not allowed; none, starttls, tls are")]
    [InlineData("smtp", "security", "none", "security: none would send the password in clear")]
    [InlineData("smtp", "to", "ops", "to: 'ops' is not a mail address")]
    [InlineData("smtp", "host", "a b", "host: 'a b' is not a host")]
    [InlineData("smtp", "user", "", "user: is missing for the password")]
    [InlineData("smtp", "password", "", "password: is missing for the user")]
    [InlineData("discord", "url", "http://discord.example.org/x", "url: needs https://")]
    [InlineData("slack", "url", "ftp://x", "url: must be a URL")]
    [InlineData("telegram", "token", "12345", "token: is not the token of a bot")]
    [InlineData("telegram", "chat", "me", "chat: 'me' is not a chat")]
    [InlineData("telegram", "silent", "yes", "silent: 'yes' is not allowed; true, false are")]
    [InlineData("ntfy", "topic", "a/b", "topic: may have letters")]
    [InlineData("ntfy", "priority", "6", "priority: '6' is not allowed; 1 to 5 are")]
    [InlineData("gotify", "url", "http://gotify.example.org", "url: needs https://")]
    [InlineData("pushover", "priority", "3", "priority: '3' is not allowed; -2 to 2 are")]
    [InlineData("matrix", "room", "#ops:example.org", "room: '#ops:example.org' is not the internal id")]
    [InlineData("pagerduty", "region", "asia", "region: 'asia' is not allowed")]
    [InlineData("opsgenie", "priority", "P9", "priority: 'P9' is not allowed")]
    [InlineData("exec", "program", "/bin/sh", "program: is not the name of a program")]
    public void Value_ThatIsWrong_IsTold(string word, string name, string value, string fault)
    {
        AlertKind kind = AlertSchema.All.Single(k => k.Word == word);
        Alert alert = Whole(kind);
        kind.Fields.Single(f => f.Name == name).Set(alert, value);

        Assert.StartsWith(fault, AlertSchema.FaultOf(alert), StringComparison.Ordinal);
    }

    [Fact]
    public void What_NothingWouldRead_IsRefused()
    {
        Alert misspelt = Whole(AlertSchema.Of(AlertType.Ntfy)!);
        misspelt.Settings["topik"] = "x";
        Alert open = Whole(AlertSchema.Of(AlertType.Gotify)!);
        open.Settings["token"] = "x";
        Alert mail = Whole(AlertSchema.Of(AlertType.Slack)!);
        mail.Smtp = new SmtpOptions { Host = "x" };
        Alert twice = Whole(AlertSchema.Of(AlertType.Webhook)!);
        twice.Url = "https://example.org/";

        Assert.Equal("topik: is not known to ntfy; topic, url, token, user, password, priority are", AlertSchema.FaultOf(misspelt));
        Assert.Equal("token: is a secret and must be given as one", AlertSchema.FaultOf(open));
        Assert.StartsWith("host: is for smtp only", AlertSchema.FaultOf(mail), StringComparison.Ordinal);
        Assert.Equal("url: is there twice", AlertSchema.FaultOf(twice));
        Assert.StartsWith("type: is not known; smtp, discord", AlertSchema.FaultOf(new Alert()), StringComparison.Ordinal);
    }

    [Fact]
    public void OlderAlert_WithUrlAndSecretInClear_IsStillGood()
    {
        Assert.Null(AlertSchema.FaultOf(new Alert { Type = AlertType.Webhook, Url = "http://127.0.0.1:8080/", Secret = "x" }));
        Assert.Null(AlertSchema.FaultOf(new Alert { Type = AlertType.Discord, Url = "https://discord.com/api/webhooks/1/x" }));
        Assert.NotNull(AlertSchema.FaultOf(new Alert { Type = AlertType.Discord, Url = "https://discord.com/api/webhooks/1/x", Secret = "x" }));
    }

    [Fact]
    public void Templates_AndLimit_AreJudgedToo()
    {
        Alert alert = Whole(AlertSchema.Of(AlertType.Slack)!);
        alert.Subject = "{{ check.nam }}";
        Assert.StartsWith("subject: line 1, column 4: 'check.nam' is not known", AlertSchema.FaultOf(alert), StringComparison.Ordinal);
        alert.Subject = "";
        alert.Body = "a\n{{ if verb }}";
        Assert.Equal("body: line 2, column 4: this block has no {{ end }}", AlertSchema.FaultOf(alert));
        alert.Body = "\u0007";
        Assert.Equal("body: has a control character at position 1", AlertSchema.FaultOf(alert));
        alert.Body = "";
        alert.MostPerHour = -1;
        Assert.StartsWith("most_per_hour: -1 is out of range", AlertSchema.FaultOf(alert), StringComparison.Ordinal);

        Alert incidents = Whole(AlertSchema.Of(AlertType.Pagerduty)!);
        incidents.MostPerHour = 5;
        Assert.StartsWith("most_per_hour: is not for pagerduty", AlertSchema.FaultOf(incidents), StringComparison.Ordinal);
    }

    [Fact]
    public void Ntfy_TakesATokenOrAUserButNotBoth()
    {
        Alert both = Whole(AlertSchema.Of(AlertType.Ntfy)!);
        both.Settings["user"] = "kim";
        Assert.Equal("password: is missing for the user", AlertSchema.FaultOf(both));
        both.Secrets["password"] = new Secret { Text = "x" };
        Assert.StartsWith("token: give either", AlertSchema.FaultOf(both), StringComparison.Ordinal);
        both.Secrets.Remove("token");
        Assert.Null(AlertSchema.FaultOf(both));
        both.Settings["url"] = "http://ntfy.example.org";
        Assert.StartsWith("url: needs https://", AlertSchema.FaultOf(both), StringComparison.Ordinal);
    }

    private static Alert Only(AlertField field)
    {
        Alert alert = new();
        field.Set(alert, field.Example);
        return alert;
    }

    // With the example of every field, as far as they go together.
    private static Alert Whole(AlertKind kind)
    {
        Alert alert = new() { Type = kind.Type };
        foreach (AlertField field in kind.Fields.Where(f => kind.Type != AlertType.Ntfy || f.Name is not ("user" or "password")))
            field.Set(alert, field.Example);
        return alert;
    }
}
