using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Controller.Authority;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Authority;

public sealed class IssuerTests : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public async Task Service_Issued_NamesTheServiceAndNothingElse()
    {
        await using TestController controller = await TestController.StartAsync();
        Guid id = Guid.NewGuid();

        Issued issued = await controller.EnrollAsync(id, key);

        SubjectNames names = SubjectNames.Of(issued.Leaf)!;
        Assert.Equal([$"spiffe://{controller.Options.TrustDomain}/service/{id}"], names.Uris);
        Assert.Equal(1, names.Count);
        Assert.Equal($"CN={id}", issued.Leaf.Subject);
        Assert.Equal([Oids.ClientAuth], UsesOf(issued.Leaf));
        Assert.Equal(SpkiFingerprint.OfSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo()), issued.Record.Key);
        Assert.Equal([issued.Leaf.RawData, controller.Now.Issuing.Certificate.RawData], issued.Chain);
        Assert.Equal(id, issued.Record.ServiceId);
        Assert.Equal(TimeSpan.FromDays(30) + TimeSpan.FromMinutes(5), issued.Record.NotAfter - issued.Record.NotBefore);
    }

    [Fact]
    public async Task Server_Issued_HasItsNamesAndIsForServersOnly()
    {
        await using TestController controller = await TestController.StartAsync();

        Issued issued = controller.IssueServer(key, "Controller.example", "*.fleet.example", "127.0.0.1", "[::1]");

        SubjectNames names = SubjectNames.Of(issued.Leaf)!;
        Assert.Equal(["controller.example", "*.fleet.example"], names.Dns);
        Assert.Equal(["127.0.0.1", "::1"], names.Addresses.Select(address => address.ToString()));
        Assert.Equal("CN=controller.example", issued.Leaf.Subject);
        Assert.Equal([Oids.ServerAuth], UsesOf(issued.Leaf));
        Assert.Equal(LeafKind.Server, issued.Record.Kind);
        Assert.Null(issued.Record.ServiceId);
    }

    [Fact]
    public async Task Server_FirstNameTooLongForACommonName_HasNoSubjectAndCriticalNames()
    {
        await using TestController controller = await TestController.StartAsync();

        Issued issued = controller.IssueServer(key, $"{new string('a', 60)}.example");

        Assert.Equal("", issued.Leaf.Subject);
        Assert.True(issued.Leaf.Extensions.Single(e => e.Oid!.Value == Oids.SubjectAltName).Critical);
    }

    [Fact]
    public async Task Service_RequestAsksForAnotherName_GetsItsOwn()
    {
        await using TestController controller = await TestController.StartAsync();
        CertificateRequest asked = new("CN=localhost, O=evil", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder wanted = new();
        wanted.AddDnsName("localhost");
        wanted.AddUri(new Uri($"spiffe://{controller.Options.TrustDomain}/service/{Guid.NewGuid()}"));
        asked.CertificateExtensions.Add(wanted.Build());
        asked.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        asked.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(Oids.ServerAuth)], false));
        Assert.True(SigningRequest.TryParse(asked.CreateSigningRequest(), out SigningRequest? request, out _));
        Guid id = Guid.NewGuid();

        Assert.True(controller.Issuer.TryIssueService(controller.Now, request, id, out Issued? issued, out string? fault), fault);

        Assert.Equal($"CN={id}", issued.Leaf.Subject);
        Assert.True(SpiffeId.TryRead(issued.Leaf, controller.Options.TrustDomain, out Guid named));
        Assert.Equal(id, named);
        Assert.Equal([Oids.ClientAuth], UsesOf(issued.Leaf));
        Assert.False(issued.Leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public async Task Leaf_CaEndsBeforeIt_EndsWithTheCa()
    {
        await using TestController controller = await TestController.StartAsync();
        controller.Clock.SetUtcNow(controller.Now.Issuing.NotAfter - TimeSpan.FromDays(3));

        Issued issued = await controller.EnrollAsync();

        Assert.Equal(controller.Now.Issuing.NotAfter, issued.Record.NotAfter);
    }

    [Fact]
    public async Task Leaf_CaHasEnded_IsRefusedWithASentence()
    {
        await using TestController controller = await TestController.StartAsync();
        controller.Clock.SetUtcNow(controller.Now.Issuing.NotAfter);

        Assert.False(controller.Issuer.TryIssueService(
            controller.Now, SigningRequest.For(key), Guid.NewGuid(), out _, out string? fault));

        Assert.Contains("rotate the issuing CA", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaf_OfAnyKind_StartsFiveMinutesAgoButNotBeforeItsCa()
    {
        await using TestController controller = await TestController.StartAsync();
        Issued first = await controller.EnrollAsync();
        controller.Clock.Advance(TimeSpan.FromHours(1));
        Issued later = await controller.EnrollAsync();

        Assert.Equal(controller.Now.Issuing.NotBefore, first.Record.NotBefore);
        Assert.Equal(controller.Clock.GetUtcNow() - TimeSpan.FromMinutes(5), later.Record.NotBefore, TimeSpan.FromSeconds(1));
        Assert.NotEqual(first.Record.Serial, later.Record.Serial);
        Assert.Equal(32, first.Record.Serial.Length);
    }

    [Fact]
    public async Task OwnCheck_LeafThatIsNotAsOrdered_NamesWhatIsWrong()
    {
        await using TestController controller = await TestController.StartAsync();
        LiveCa ca = controller.Now.Issuing;
        DateTimeOffset now = controller.Clock.GetUtcNow();
        SigningRequest request = SigningRequest.For(key);
        X509Certificate2 good = (await controller.EnrollAsync(key: key)).Leaf;

        Assert.Null(LeafCheck.Fault(good, request, Oids.ClientAuth, ca, now));

        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains("another key", LeafCheck.Fault(good, SigningRequest.For(other), Oids.ClientAuth, ca, now), StringComparison.Ordinal);
        Assert.Contains("one use", LeafCheck.Fault(good, request, Oids.ServerAuth, ca, now), StringComparison.Ordinal);
        Assert.Contains("chain", LeafCheck.Fault(good, request, Oids.ClientAuth, ca, now.AddDays(31)), StringComparison.Ordinal);
        Assert.Contains("chain", LeafCheck.Fault(
            good, request, Oids.ClientAuth, controller.Factory.Issuing(2, controller.Now.Roots[0], CaState.Active), now), StringComparison.Ordinal);
        Assert.Contains("no CA", LeafCheck.Fault(ca.Certificate, SigningRequestOf(ca), Oids.ClientAuth, ca, now), StringComparison.Ordinal);
    }

    public void Dispose() => key.Dispose();

    private static SigningRequest SigningRequestOf(LiveCa ca)
    {
        CertificateRequest request = new(new X500DistinguishedName("CN=x"), ca.Key!.PublicKey, HashAlgorithmName.SHA256);
        Assert.True(SigningRequest.TryParse(request.CreateSigningRequest(ca.Key), out SigningRequest? value, out _));
        return value;
    }

    private static string[] UsesOf(X509Certificate2 leaf) =>
        [.. leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value!)];
}
