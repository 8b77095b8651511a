using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Tests.Checks;

public sealed class HttpsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Certificate_OfATrustedRootAndTheRightName_IsWell()
    {
        using X509Certificate2 root = Root();
        using X509Certificate2 leaf = Leaf(root, "web.test");
        await using RawServer server = Serving(leaf);
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
        using X509Certificate2 root = Root();
        using X509Certificate2 leaf = Leaf(root, name);
        await using RawServer server = Serving(leaf);
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
        using X509Certificate2 root = Root();
        using X509Certificate2 leaf = Leaf(root, "web.test", issuerAt: download.Url + "ca.crt");
        await using RawServer server = Serving(leaf);
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

    private static RawServer Serving(X509Certificate2 leaf) => new(
        (_, stream, cancel) => RawServer.ReplyAsync(stream, 200, "hello", [], cancel),
        async plain =>
        {
            SslStream secure = new(plain);
            await secure.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(leaf, null, offline: true),
                },
                Cancel);
            return secure;
        });

    private static X509Certificate2 Root()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Test root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(s_from, s_from.AddYears(60));
    }

    private static X509Certificate2 Leaf(X509Certificate2 root, string name, string? issuerAt = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        if (issuerAt is not null)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerAt]));
        using X509Certificate2 bare = request.Create(root, s_from, s_from.AddYears(60), [1, 2, 3, 4]);
        using X509Certificate2 whole = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private static readonly DateTimeOffset s_from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
