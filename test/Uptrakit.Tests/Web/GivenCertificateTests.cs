using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Qu.Daemon;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.Membership;
using Uptrakit.Tests.Alerts;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed class GivenCertificateTests : IDisposable
{
    private static readonly TestCa Root = TestCa.Root();
    private static readonly TestCa Issuing = Root.Issue();
    private readonly ScratchFolder scratch = new();
    private readonly FakeTimeProvider clock = new(TestCa.Now);
    private readonly CollectingLogger<QuWeb> logger = new();

    private string CertFile => scratch["page.pem"];

    private string KeyFile => scratch["page.key"];

    public void Dispose() => scratch.Dispose();

    private static string PemOf(X509Certificate2 leaf) => leaf.ExportCertificatePem() + "\n" + Issuing.Certificate.ExportCertificatePem() + "\n";

    private static string KeyOf(X509Certificate2 leaf) => leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    private static void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private X509Certificate2 Give(LeafSpec? spec = null)
    {
        X509Certificate2 leaf = Issuing.Leaf(spec);
        Write(CertFile, PemOf(leaf));
        Write(KeyFile, KeyOf(leaf));
        return leaf;
    }

    private GivenCertificate Load()
    {
        Assert.True(GivenCertificate.TryLoad(CertFile, KeyFile, clock, out GivenCertificate? given, out string fault), fault);
        given!.LogTo(logger);
        return given;
    }

    private string Fault(string? keyFile = null)
    {
        (WebOptions? options, string? fault) = WebRoom.OptionsOf(
            new NodeFile { Http = "127.0.0.1:9980", HttpCertFile = CertFile, HttpKeyFile = keyFile ?? KeyFile }, () => throw new InvalidOperationException(), clock, NullLogger.Instance);
        Assert.Null(options);
        return fault!;
    }

    /// <summary>The certificates that a client is shown, the leaf first.</summary>
    private static async Task<string[]> ShownAsync(Uri address)
    {
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", address.Port, TestContext.Current.CancellationToken);
        string[] shown = [];
        await using SslStream tls = new(client.GetStream(), leaveInnerStreamOpen: false, (_, leaf, chain, _) =>
        {
            // What was sent beside the leaf is in the store of the chain that the platform built.
            shown = [leaf!.GetCertHashString(), .. chain!.ChainPolicy.ExtraStore.Select(static c => c.GetCertHashString())];
            return true;
        });
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http11] }, TestContext.Current.CancellationToken);
        return [.. shown.Distinct()];
    }

    [Fact]
    public async Task Page_WithAGivenCertificate_ShowsItWithItsChainAndTheNextOne()
    {
        X509Certificate2 first = Give();
        GivenCertificate given = Load();
        await using WebScene scene = await WebScene.StartAsync(options => options with { Certificate = given.Now });

        string[] shown = await ShownAsync(scene.Web.Address);
        Assert.Equal(first.GetCertHashString(), shown[0]);
        Assert.Contains(Issuing.Certificate.GetCertHashString(), shown);
        Assert.Equal("https", scene.Web.Address.Scheme);

        X509Certificate2 second = Give();
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(first.GetCertHashString(), (await ShownAsync(scene.Web.Address))[0]);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(second.GetCertHashString(), (await ShownAsync(scene.Web.Address))[0]);
    }

    [Fact]
    public void Files_ThatCannotBeUsedAnyMore_LeaveTheFormerOneAndAreToldOnce()
    {
        X509Certificate2 first = Give();
        GivenCertificate given = Load();
        // A renewal that has written one of two files.
        Write(CertFile, PemOf(Issuing.Leaf()));
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(first.GetCertHashString(), given.Now().TargetCertificate.GetCertHashString());
        }

        Assert.Single(logger.Lines, static line => line.Contains("do not go together", StringComparison.Ordinal));
        File.Delete(KeyFile);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(first.GetCertHashString(), given.Now().TargetCertificate.GetCertHashString());
        X509Certificate2 second = Give();
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(second.GetCertHashString(), given.Now().TargetCertificate.GetCertHashString());
    }

    [Fact]
    public void OneFile_WithBoth_IsEnough()
    {
        X509Certificate2 leaf = Issuing.Leaf();
        Write(CertFile, PemOf(leaf) + KeyOf(leaf));

        Assert.True(GivenCertificate.TryLoad(CertFile, "", clock, out GivenCertificate? given, out string fault), fault);
        Assert.Equal(leaf.GetCertHashString(), given!.Now().TargetCertificate.GetCertHashString());
    }

    [Fact]
    public void Files_ThatAreWrong_AreFaultsAtTheStart()
    {
        Assert.Contains("http_cert_file:", Fault(), StringComparison.Ordinal);
        X509Certificate2 leaf = Give();
        File.Delete(KeyFile);
        Assert.Contains("http_key_file: ", Fault(), StringComparison.Ordinal);
        Write(KeyFile, KeyOf(Issuing.Leaf()));
        Assert.Contains("do not go together", Fault(), StringComparison.Ordinal);
        Write(KeyFile, leaf.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        Assert.Contains("not encrypted", Fault(), StringComparison.Ordinal);
        Write(KeyFile, KeyOf(leaf));
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("can be used by other users", Fault(), StringComparison.Ordinal);
        Write(CertFile, new string('#', 300_000));
        Assert.Contains("larger than 256 KiB", Fault(), StringComparison.Ordinal);
        Write(CertFile, "nothing");
        Write(KeyFile, KeyOf(leaf));
        Assert.Contains("do not go together", Fault(), StringComparison.Ordinal);
        Write(CertFile, PemOf(leaf) + KeyOf(leaf));
        File.SetUnixFileMode(CertFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("can be used by other users", Fault(keyFile: ""), StringComparison.Ordinal);
        (_, string? alone) = WebRoom.OptionsOf(new NodeFile { Http = "127.0.0.1:9980", HttpKeyFile = KeyFile }, () => throw new InvalidOperationException(), clock, NullLogger.Instance);
        Assert.Contains("there is no http_cert_file", alone, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipe_InPlaceOfTheCertificate_IsRefusedAndNotWaitedFor()
    {
        Give();
        File.Delete(CertFile);
        TestFifo.Make(CertFile);

        string fault = await Task.Run(() => Fault(), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Contains($"http_cert_file: {CertFile} is a pipe", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificate_ThatHasEnded_IsServedWithAWarning()
    {
        Give(new LeafSpec { NotBefore = TestCa.Now.AddDays(-9), NotAfter = TestCa.Now.AddDays(-1) });
        Load();

        Assert.Contains("browsers will refuse it", Assert.Single(logger.Lines), StringComparison.Ordinal);
    }
}
