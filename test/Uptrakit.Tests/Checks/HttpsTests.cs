using System.Security.Cryptography.X509Certificates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class HttpsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Certificate_OfATrustedRootAndTheRightName_IsWell()
    {
        using X509Certificate2 root = TestSite.Root();
        using X509Certificate2 leaf = TestSite.Leaf(root, "web.test");
        await using RawServer server = TestSite.Serving(leaf);
        using TestWorld world = new(roots: [root]);
        world.Name("web.test", "127.0.0.1");

        for (int i = 0; i < 3; i++)
            Assert.Equal("HTTP 200, body matches",
                (await world.Http.ProbeAsync(TestChecks.Http($"https://web.test:{server.Port}/", match: "hello"), Cancel)).Detail);
    }

    [Theory]
    [InlineData("other.test", true)]
    [InlineData("web.test", false)]
    public async Task Certificate_OfAnotherNameOrAnUnknownRoot_Fails(string name, bool trusted)
    {
        using X509Certificate2 root = TestSite.Root();
        using X509Certificate2 leaf = TestSite.Leaf(root, name);
        await using RawServer server = TestSite.Serving(leaf);
        using TestWorld world = trusted ? new(roots: [root]) : new();
        world.Name("web.test", "127.0.0.1");

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http($"https://web.test:{server.Port}/"), Cancel);

        Assert.False(outcome.Ok);
        Assert.StartsWith("TLS: ", outcome.Detail, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Certificate_ThatNamesADownload_IsJudgedWithoutFetchingIt()
    {
        await using RawServer download = RawServer.Saying(200);
        using X509Certificate2 root = TestSite.Root();
        using X509Certificate2 leaf = TestSite.Leaf(root, "web.test", issuerAt: download.Url + "ca.crt");
        await using RawServer server = TestSite.Serving(leaf);
        using TestWorld world = new();
        world.Name("web.test", "127.0.0.1");

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http($"https://web.test:{server.Port}/"), Cancel);

        Assert.StartsWith("TLS: ", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(0, download.Connections);
    }

    [Fact]
    public async Task Handshake_ThatStalls_IsLeftAtTheDeadlineAndItsConnectionIsGone()
    {
        TaskCompletionSource gone = new();
        await using RawServer server = new((_, _, _) => Task.CompletedTask, async plain =>
        {
            byte[] rest = new byte[4096];
            while (await plain.ReadAsync(rest, Cancel) > 0)
            {
            }

            gone.SetResult();
            return plain;
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await world.Http.ProbeAsync(
            TestChecks.Http($"https://127.0.0.1:{server.Port}/", timeoutMs: 100), Cancel);

        Assert.Equal("no answer within 0.1 s", outcome.Detail);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Theory]
    [InlineData(30, nameof(ProbeLevel.Warn))]
    [InlineData(5, nameof(ProbeLevel.Ok))]
    [InlineData(0, nameof(ProbeLevel.Ok))]
    public async Task Certificate_ThatEndsSoon_IsAWarningBelowTheDaysAndIsReported(int warnDays, string level)
    {
        using X509Certificate2 root = TestSite.Root();
        DateTimeOffset until = TestSite.Now.AddDays(10);
        using X509Certificate2 leaf = TestSite.Leaf(root, "web.test", until: until);
        await using RawServer server = TestSite.Serving(leaf);
        using TestWorld world = new(roots: [root]);
        world.Name("web.test", "127.0.0.1");
        Check check = TestChecks.Http($"https://web.test:{server.Port}/");
        check.Http = new HttpOptions { WarnDays = warnDays };

        ProbeOutcome outcome = await world.Http.ProbeAsync(check, Cancel);

        Assert.True(outcome.Ok);
        Assert.Equal(level, outcome.Level.ToString());
        Assert.InRange((until - outcome.CertificateEnds!.Value).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(level == nameof(ProbeLevel.Warn), outcome.Detail.Contains("the certificate ends on", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Certificate_OfNobodyAndExpired_IsTakenOnlyByInsecure(bool insecure)
    {
        using X509Certificate2 root = TestSite.Root();
        using X509Certificate2 leaf = TestSite.Leaf(root, "other.test", until: TestSite.Now.AddDays(-3));
        await using RawServer server = TestSite.Serving(leaf);
        using TestWorld world = new();
        world.Name("web.test", "127.0.0.1");
        Check check = TestChecks.Http($"https://web.test:{server.Port}/");
        check.Http = new HttpOptions { Insecure = insecure, WarnDays = 14 };

        ProbeOutcome outcome = await world.Http.ProbeAsync(check, Cancel);

        Assert.Equal(insecure ? ProbeLevel.Warn : ProbeLevel.Failed, outcome.Level);
        Assert.Equal(insecure ? 1 : 0, server.Requests.Count);
    }

    [Fact]
    public async Task ClientCertificate_OfTheCheck_IsShownToTheTargetButNotWhereItRedirects()
    {
        using X509Certificate2 root = TestSite.Root();
        using X509Certificate2 leaf = TestSite.Leaf(root, "web.test");
        List<string?> seen = [];
        await using RawServer end = TestSite.Serving(leaf, seen: c => seen.Add(c?.Subject));
        await using RawServer begin = TestSite.Redirecting(leaf, $"https://web.test:{end.Port}/", c => seen.Add(c?.Subject));
        using TestWorld world = new(roots: [root]);
        world.Name("web.test", "127.0.0.1");
        Check check = TestChecks.Http($"https://web.test:{begin.Port}/");
        check.Http = new HttpOptions { ClientCertificate = new Secret { Text = TestSite.Pem(root, "probe") } };

        ProbeOutcome outcome = await world.Http.ProbeAsync(check, Cancel);

        Assert.True(outcome.Ok, outcome.Detail);
        Assert.Equal(["CN=probe", null], seen);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("-----BEGIN CERTIFICATE-----\ngeheim\n-----END CERTIFICATE-----")]
    public async Task ClientCertificate_ThatIsNone_FailsWithoutQuotingIt(string pem)
    {
        using TestWorld world = new();
        Check check = TestChecks.Http("https://127.0.0.1:1/");
        check.Http = new HttpOptions { ClientCertificate = new Secret { Text = pem } };

        ProbeOutcome outcome = await world.Http.ProbeAsync(check, Cancel);

        Assert.False(outcome.Ok);
        Assert.StartsWith("the client certificate cannot be read", outcome.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", outcome.Detail, StringComparison.Ordinal);
    }
}
