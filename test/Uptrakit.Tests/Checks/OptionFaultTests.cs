using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.Checks.Web;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class OptionFaultTests
{
    public static TheoryData<string, string, bool> Targets => new()
    {
        { nameof(CheckType.Http), "https://a.test/x?y", true },
        { nameof(CheckType.Http), "a.test", false },
        { nameof(CheckType.Tcp), "a.test:80", true },
        { nameof(CheckType.Tcp), "a.test", false },
        { nameof(CheckType.Icmp), "a.test", true },
        { nameof(CheckType.Icmp), "2001:db8::1", true },
        { nameof(CheckType.Icmp), "a test", false },
        { nameof(CheckType.Tls), "a.test", true },
        { nameof(CheckType.Tls), "[2001:db8::1]:443", true },
        { nameof(CheckType.Tls), "https://a.test", false },
        { nameof(CheckType.Dns), "_sip._tcp.a.test", true },
        { nameof(CheckType.Dns), "a b", false },
        { nameof(CheckType.Push), "", true },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public void Target_OfEachType_IsJudgedBeforeItIsProbed(string type, string target, bool fits) =>
        Assert.Equal(fits, OptionFaults.Of(TestChecks.Of(Enum.Parse<CheckType>(type), target)) is null);

    [Fact]
    public async Task Probe_OfEachType_AnswersWithTheSameFault()
    {
        using ProbeByType probes = new(() => [], TimeProvider.System);
        foreach (CheckType type in new[] { CheckType.Http, CheckType.Tcp, CheckType.Icmp, CheckType.Tls, CheckType.Dns })
        {
            Assert.True(ProbeByType.Knows(type));
            Check check = TestChecks.Of(type, "a b\n");
            Assert.Equal(OptionFaults.Of(check), (await probes.ProbeAsync(check, TestContext.Current.CancellationToken)).Detail);
        }
    }

    [Theory]
    [InlineData("http://a.test/", "a.test")]
    [InlineData("http://a.test:81/", "a.test:81")]
    [InlineData("https://A.test:443/", "a.test")]
    [InlineData("http://[2001:db8::1]:8080/", "[2001:db8::1]:8080")]
    [InlineData("http://[fe80::1%25eth0]/", "[fe80::1]")]
    [InlineData("http://gr\u00f6\u00dfe.test/", "xn--gre-6ka8i.test")]
    public void Host_OfARequest_IsWhatTheServerKnows(string url, string host) => Assert.Equal(host, HttpRequestText.HostOf(new Uri(url)));

    [Fact]
    public void Plan_OfACheck_IsMadeOnceAndAnewAfterAnEdit()
    {
        int made = 0;
        PlanBook<string> book = new(check => $"{check.Target}{++made}");
        Check check = TestChecks.Http("a");
        Assert.Equal("a1", book.Of(check));
        Assert.Equal("a1", book.Of(check));
        Check edited = check.Clone();
        edited.Target = "b";
        Assert.Equal("b2", book.Of(edited));
    }
}
