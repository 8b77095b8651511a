using CsCheck;
using Uptrakit.Quorum.State;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.State;

public sealed class ValidationTests
{
    [Theory]
    [InlineData("web")]
    [InlineData("Web front 1: eu/west")]
    [InlineData("größe ☕ 👩‍🚀")]
    [InlineData("c-12345")]
    public void Name_Fine_HasNoFault(string name) => Assert.Null(Validation.FaultOfName(name));

    [Theory]
    [InlineData("")]
    [InlineData("-web")]
    [InlineData(" web")]
    [InlineData("web ")]
    [InlineData("web\u00A0")]
    [InlineData("a\r\nBcc: x")]
    [InlineData("a\0b")]
    [InlineData("a\u202Eb")]
    [InlineData("a\u2028b")]
    [InlineData("a\uFEFFb")]
    [InlineData("c-0123456789ab")]
    [InlineData("a-0123456789AB")]
    [InlineData("e-0123456789abcdef")]
    public void Name_NotFine_SaysWhatIsWrong(string name) =>
        Assert.StartsWith("name: ", Validation.FaultOfName(name), StringComparison.Ordinal);

    [Fact]
    public void Name_UnpairedSurrogateOrTooLong_IsRefused()
    {
        Assert.NotNull(Validation.FaultOfName("a\uD800b"));
        Assert.NotNull(Validation.FaultOfName(new string('x', 65)));
        Assert.Null(Validation.FaultOfName(new string('x', 64)));
        Assert.Null(Validation.FaultOfName(string.Concat(Enumerable.Repeat("😀", 64))));
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("HTTPS://Example.com:8443/a?b=c#d")]
    [InlineData("http://127.0.0.1:80/")]
    [InlineData("http://[2001:db8::1]:80/")]
    [InlineData("http://my_host/")]
    public void HttpTarget_Fine_HasNoFault(string url) => Assert.Null(Validation.FaultOf(Http(url)));

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("ftp://example.com")]
    [InlineData("http://")]
    [InlineData("http:///path")]
    [InlineData("http://user:pass@example.com/")]
    [InlineData("http://example.com:0/")]
    [InlineData("http://example.com:65536/")]
    [InlineData("http://example.com:/")]
    [InlineData("http://exa mple.com/")]
    [InlineData("http://example.com/\n")]
    [InlineData("http://exam\\ple.com/")]
    [InlineData("http://127.1/")]
    [InlineData("http://0x7f.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://[::1/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://-x.example/")]
    [InlineData("http://a..b/")]
    public void HttpTarget_NotFine_SaysWhatIsWrong(string url) =>
        Assert.StartsWith("target: ", Validation.FaultOf(Http(url)), StringComparison.Ordinal);

    [Fact]
    public void HttpTarget_WithAPassword_IsRefusedWithoutRepeatingIt()
    {
        string? fault = Validation.FaultOf(Http("https://me:hunter2@example.com/"));

        Assert.Equal("target: must not carry a user name or password", fault);
    }

    [Fact]
    public void HttpTarget_Accepted_IsAlwaysAUri() =>
        Gen.String[Gen.Char["ab1.-_:/[]@?#%x0 \\"], 0, 25].Sample(rest =>
        {
            string url = "http://" + rest;
            if (Validation.FaultOf(Http(url)) is null)
                Assert.True(Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length == 0 && uri.Host.Length > 0, url);
        }, iter: 20_000);

    [Theory]
    [InlineData("db:5432", true)]
    [InlineData("[::1]:1", true)]
    [InlineData("10.0.0.1:65535", true)]
    [InlineData("db", false)]
    [InlineData("::1:80", false)]
    [InlineData("db:0", false)]
    [InlineData("db:65536", false)]
    [InlineData("db:+1", false)]
    [InlineData(":80", false)]
    [InlineData("10.0.0.256:80", false)]
    [InlineData("10.0.0.01:80", false)]
    public void TcpTarget_IsHostAndPort(string target, bool fine)
    {
        Check check = Http(target);
        check.Type = CheckType.Tcp;
        Assert.Equal(fine, Validation.FaultOf(check) is null);
    }

    [Theory]
    [InlineData(30_000, 10_000, null)]
    [InlineData(1_000, 1_000, null)]
    [InlineData(86_400_000, 300_000, null)]
    [InlineData(999, 100, "interval: 999ms is out of range; 1s to 1d are allowed")]
    [InlineData(86_400_001, 100, "interval: 1d1ms is out of range; 1s to 1d are allowed")]
    [InlineData(30_000, 99, "timeout: 99ms is out of range; 100ms to 5m are allowed")]
    [InlineData(600_000, 300_001, "timeout: 5m1ms is out of range; 100ms to 5m are allowed")]
    [InlineData(5_000, 5_001, "timeout: 5s1ms is longer than the interval of 5s; at most the interval is allowed")]
    public void Times_AreBounded(long interval, long timeout, string? fault)
    {
        Check check = Http("http://a/");
        check.IntervalMs = interval;
        check.TimeoutMs = timeout;
        Assert.Equal(fault, Validation.FaultOf(check));
    }

    [Fact]
    public void Check_BeyondItsBounds_IsRefused()
    {
        Assert.NotNull(Fault(check => check.ExpectStatus = 99));
        Assert.NotNull(Fault(check => check.ExpectStatus = 600));
        Assert.Null(Fault(check => check.ExpectStatus = 599));
        Assert.NotNull(Fault(check => check.BodyMatch = new string('x', 1025)));
        Assert.NotNull(Fault(check => check.Id = "--all"));
        Assert.NotNull(Fault(check => check.Type = (CheckType)9));
        Assert.NotNull(Fault(check => check.AlertIds.Add(Enumerable.Range(0, 65).Select(i => $"a{i}"))));
        Assert.NotNull(Fault(check => check.AlertIds.Add(["x", "x"])));
        Assert.NotNull(Fault(check => check.SuppressAlertIds.Add("")));
        Assert.NotNull(Fault(check => check.Resolvers.Add(Enumerable.Repeat("1.1.1.1", 9))));
        Assert.NotNull(Fault(check => (check.Type, check.Target, check.ExpectStatus) = (CheckType.Tcp, "a:1", 200)));
        Assert.NotNull(Fault(check => (check.Type, check.Target, check.BodyMatch) = (CheckType.Tcp, "a:1", "x")));
    }

    [Theory]
    [InlineData("1.1.1.1", true)]
    [InlineData("1.1.1.1:5353", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("[2001:db8::1]:53", true)]
    [InlineData("dns.example", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("1.1.1.1:0", false)]
    [InlineData("", false)]
    public void Resolver_IsALiteralAddress(string resolver, bool fine) =>
        Assert.Equal(fine, Validation.FaultOfResolver(resolver) is null);

    [Theory]
    [InlineData("bravo.example.com:9901", true)]
    [InlineData("0.0.0.0:9901", false)]
    [InlineData("[::]:9901", false)]
    [InlineData("bravo", false)]
    public void Advertise_IsWhatOthersCanReach(string advertise, bool fine) =>
        Assert.Equal(fine, Validation.FaultOfAdvertise(advertise) is null);

    [Theory]
    [InlineData(AlertType.Webhook, "http://example.com/hook", "s", true)]
    [InlineData(AlertType.Discord, "https://discord.com/api/webhooks/1/x", "", true)]
    [InlineData(AlertType.Discord, "http://127.0.0.1:8080/x", "", true)]
    [InlineData(AlertType.Discord, "http://discord.com/api/webhooks/1/x", "", false)]
    [InlineData(AlertType.Discord, "http://localhost.example/x", "", false)]
    [InlineData(AlertType.Discord, "https://discord.com/x", "s", false)]
    [InlineData(AlertType.Webhook, "https://u:p@example.com/", "", false)]
    [InlineData(AlertType.Webhook, "https://example.com/", "a\nb", false)]
    [InlineData(AlertType.Unspecified, "https://example.com/", "", false)]
    internal void Alert_GoesWhereItMay(AlertType type, string url, string secret, bool fine) => Assert.Equal(
        fine, Validation.FaultOf(new Alert { Name = "ops", Type = type, Enabled = true, Url = url, Secret = secret }) is null);

    [Fact]
    public void Fault_NeverRepeatsASecret()
    {
        string? fault = Validation.FaultOf(new Alert
        {
            Name = "ops", Type = AlertType.Webhook, Url = "https://a/", Secret = "hunter2" + new string('x', 300),
        });

        Assert.NotNull(fault);
        Assert.DoesNotContain("hunter2", fault, StringComparison.Ordinal);
    }

    private static string? Fault(Action<Check> spoil)
    {
        Check check = Http("http://a/");
        spoil(check);
        return Validation.FaultOf(check);
    }

    private static Check Http(string target) => new()
    {
        Name = "web", Type = CheckType.Http, Enabled = true, Target = target, IntervalMs = 30_000, TimeoutMs = 10_000,
    };
}
