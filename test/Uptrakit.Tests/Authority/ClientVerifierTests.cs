using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CsCheck;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Tests.Authority;

public sealed class ClientVerifierTests : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_OwnService_IsThatService()
    {
        await using TestController controller = await TestController.StartAsync();
        Guid id = Guid.NewGuid();
        Issued issued = await controller.EnrollAsync(id);

        ClientVerdict verdict = await VerifyAsync(controller, issued.Leaf);

        Assert.True(verdict.Accepted);
        Assert.Equal((id, controller.Now.Issuing.Id, issued.Record.Serial), (verdict.ServiceId, verdict.CaId, verdict.Serial));
    }

    [Fact]
    public async Task Verify_NoLeaf_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();

        Assert.Equal(ClientRefusal.NoLeaf, (await VerifyAsync(controller, null)).Refusal);
    }

    [Fact]
    public async Task Verify_LastSecondOver_IsExpired()
    {
        await using TestController controller = await TestController.StartAsync();
        Issued issued = await controller.EnrollAsync();

        controller.Clock.SetUtcNow(issued.Record.NotAfter.AddSeconds(-1));
        Assert.True((await VerifyAsync(controller, issued.Leaf)).Accepted);
        controller.Clock.SetUtcNow(issued.Record.NotAfter);
        Assert.Equal(ClientRefusal.Expired, (await VerifyAsync(controller, issued.Leaf)).Refusal);
    }

    [Fact]
    public async Task Verify_FromTheFuture_IsNotYetValid()
    {
        await using TestController controller = await TestController.StartAsync();
        X509Certificate2 leaf = Forge(controller, from: controller.Clock.GetUtcNow().AddHours(1));

        Assert.Equal(ClientRefusal.NotYetValid, (await VerifyAsync(controller, leaf)).Refusal);
    }

    [Fact]
    public async Task Verify_Revoked_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        Issued issued = await controller.EnrollAsync();
        Assert.True((await VerifyAsync(controller, issued.Leaf)).Accepted);

        controller.Store.Revoke(issued.Record, controller.Clock.GetUtcNow(), X509RevocationReason.KeyCompromise);

        Assert.Equal(ClientRefusal.Revoked, (await VerifyAsync(controller, issued.Leaf)).Refusal);
    }

    [Fact]
    public async Task Verify_SignedByOurCaButNeverStored_IsNotIssued()
    {
        await using TestController controller = await TestController.StartAsync();
        X509Certificate2 forged = Forge(controller);

        Assert.True(Verifier(controller).Verify(forged).Accepted); // every other rule holds
        Assert.Equal(ClientRefusal.NotIssued, (await VerifyAsync(controller, forged)).Refusal);
    }

    [Fact]
    public async Task Verify_SerialOfAnotherLeaf_IsNotIssued()
    {
        await using TestController controller = await TestController.StartAsync();
        Guid id = Guid.NewGuid();
        Issued issued = await controller.EnrollAsync(id, key);
        byte[] serial = issued.Leaf.SerialNumberBytes.ToArray();

        Assert.True((await VerifyAsync(controller, Forge(controller, id, serial: serial))).Accepted); // the twin
        Assert.Equal(ClientRefusal.NotIssued, (await VerifyAsync(controller, Forge(controller, Guid.NewGuid(), serial: serial))).Refusal);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(ClientRefusal.NotIssued, (await VerifyAsync(controller, Forge(controller, id, serial: serial, subjectKey: other))).Refusal);
    }

    [Fact]
    public async Task Verify_ForeignCa_IsUnknown()
    {
        await using TestController controller = await TestController.StartAsync();
        await using TestController other = await TestController.StartAsync();

        Assert.Equal(ClientRefusal.UnknownIssuer, (await VerifyAsync(controller, (await other.EnrollAsync()).Leaf)).Refusal);
    }

    [Fact]
    public async Task Verify_CloneCaWithOurNameAndKeyId_IsABadChain()
    {
        await using TestController controller = await TestController.StartAsync();
        using ECDsa clone = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        X509Certificate2 leaf = Forge(controller, signer: X509SignatureGenerator.CreateForECDsa(clone));

        Assert.Equal(ClientRefusal.BadChain, (await VerifyAsync(controller, leaf)).Refusal);
    }

    [Fact]
    public async Task Verify_SignedByAnAgentsLeaf_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        Issued agent = await controller.EnrollAsync(key: key);
        CertificateRequest request = new($"CN={Guid.NewGuid()}", key, HashAlgorithmName.SHA256);
        AddServiceExtensions(request, controller.Options.TrustDomain, Guid.NewGuid());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(agent.Leaf, true, false));
        X509Certificate2 below = request.Create(
            agent.Leaf.SubjectName, X509SignatureGenerator.CreateForECDsa(key), agent.Leaf.NotBefore, agent.Leaf.NotAfter, SerialText.Fresh());

        Assert.Equal(ClientRefusal.UnknownIssuer, (await VerifyAsync(controller, below)).Refusal);

        // The same, under the issuing CA's name.
        X509Certificate2 disguised = Forge(controller, signer: X509SignatureGenerator.CreateForECDsa(key));
        Assert.Equal(ClientRefusal.BadChain, (await VerifyAsync(controller, disguised)).Refusal);
    }

    [Fact]
    public async Task Verify_ServerLeafOfOurs_IsNotForClients()
    {
        await using TestController controller = await TestController.StartAsync();

        Assert.Equal(ClientRefusal.NotForClients, (await VerifyAsync(controller, controller.IssueServer(key, "a.example").Leaf)).Refusal);
    }

    [Theory]
    [InlineData("1.3.6.1.5.5.7.3.2", true)]
    [InlineData("1.3.6.1.5.5.7.3.2 1.3.6.1.5.5.7.3.1", false)]
    [InlineData("2.5.29.37.0", false)]
    [InlineData("", false)]
    public async Task Verify_ExtendedKeyUsage_MustBeClientAuthAlone(string usages, bool taken)
    {
        await using TestController controller = await TestController.StartAsync();

        X509Certificate2 leaf = Forge(controller, usages: usages);

        Assert.Equal(taken ? ClientRefusal.None : ClientRefusal.NotForClients, Verifier(controller).Verify(leaf).Refusal);
    }

    [Fact]
    public async Task Verify_IssuingCaItself_IsACa()
    {
        await using TestController controller = await TestController.StartAsync();

        Assert.Equal(ClientRefusal.CaAsLeaf, (await VerifyAsync(controller, controller.Now.Issuing.Certificate)).Refusal);
    }

    [Theory]
    [InlineData("spiffe://{0}/service/{1}", true)]
    [InlineData("spiffe://{0}/service/{1}/", false)]
    [InlineData("spiffe://{0}/service/{1}?x", false)]
    [InlineData("spiffe://{0}:443/service/{1}", false)]
    [InlineData("spiffe://u@{0}/service/{1}", false)]
    [InlineData("spiffe://{0}/service/../service/{1}", false)]
    [InlineData("spiffe://{0}//service/{1}", false)]
    [InlineData("SPIFFE://{0}/service/{1}", false)]
    [InlineData("spiffe://{0}/Service/{1}", false)]
    [InlineData("spiffe://{0}/server/{1}", false)]
    [InlineData("spiffe://{0}.evil.example/service/{1}", false)]
    [InlineData("spiffe://11111111-1111-1111-1111-111111111111/service/{1}", false)]
    [InlineData("https://{0}/service/{1}", false)]
    [InlineData("spiffe://{0}/service/00000000-0000-0000-0000-000000000000", false)]
    public async Task Verify_Name_IsTakenInOneFormOnly(string form, bool taken)
    {
        await using TestController controller = await TestController.StartAsync();
        string uri = string.Format(form, controller.Options.TrustDomain, Guid.NewGuid());

        ClientVerdict verdict = Verifier(controller).Verify(Forge(controller, uri: uri));

        Assert.Equal(taken ? ClientRefusal.None : ClientRefusal.BadName, verdict.Refusal);
    }

    [Theory]
    [InlineData("abcdefab-cdef-abcd-efab-cdefabcdefab", true)]
    [InlineData("ABCDEFAB-cdef-abcd-efab-cdefabcdefab", false)]
    [InlineData("{abcdefab-cdef-abcd-efab-cdefabcdefab}", false)]
    [InlineData("abcdefabcdefabcdefabcdefabcdefab", false)]
    public void Parse_Id_IsTakenInOneFormOnly(string id, bool taken) =>
        Assert.Equal(taken, SpiffeId.TryParse($"spiffe://domain/service/{id}", "domain", out _));

    [Fact]
    public async Task Verify_TwoNamesOrNoneButTheCommonName_IsABadName()
    {
        await using TestController controller = await TestController.StartAsync();
        string domain = controller.Options.TrustDomain;
        void Service(SubjectAlternativeNameBuilder names) => names.AddUri(new Uri(SpiffeId.Of(domain, Guid.NewGuid())));

        Assert.Equal(ClientRefusal.None, Refusal(Service));
        Assert.Equal(ClientRefusal.BadName, Refusal(names => { Service(names); Service(names); }));
        Assert.Equal(ClientRefusal.BadName, Refusal(names => { Service(names); names.AddDnsName("a.example"); }));
        Assert.Equal(ClientRefusal.BadName, Refusal(names => names.AddDnsName("a.example")));
        Assert.Equal(ClientRefusal.BadName, Verifier(controller).Verify(Forge(controller, names: null, withNames: false)).Refusal);

        ClientRefusal Refusal(Action<SubjectAlternativeNameBuilder> names) => Verifier(controller).Verify(Forge(controller, names: names)).Refusal;
    }

    [Fact]
    public async Task Verify_WeakKey_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        using RSA weak = RSA.Create(1024);

        X509Certificate2 leaf = Forge(controller, subjectKey: weak);

        Assert.Equal(ClientRefusal.WeakKey, Verifier(controller).Verify(leaf).Refusal);
        using RSA strong = RSA.Create(2048);
        Assert.Equal(ClientRefusal.None, Verifier(controller).Verify(Forge(controller, subjectKey: strong)).Refusal);
    }

    [Fact]
    public async Task Verify_AnExtensionTwice_IsUnreadable()
    {
        await using TestController controller = await TestController.StartAsync();
        X509Certificate2 leaf = WithAnExtensionTwice((await controller.EnrollAsync()).Leaf);

        Assert.Equal(ClientRefusal.Unreadable, Verifier(controller).Verify(leaf).Refusal);
    }

    [Fact]
    public async Task Verify_AnyByteChanged_IsRefusedAndNeverThrows()
    {
        await using TestController controller = await TestController.StartAsync();
        byte[] good = (await controller.EnrollAsync()).Leaf.RawData;
        ClientVerifier verifier = Verifier(controller);

        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[1, 255]).Sample((at, by) =>
        {
            byte[] changed = [.. good];
            changed[at] ^= (byte)by;
            try
            {
                using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(changed);
                Assert.False(verifier.Verify(leaf).Accepted);
            }
            catch (CryptographicException)
            {
                // Not a certificate any more: the handshake ends before anybody asks us.
            }
        }, iter: 300);
    }

    public void Dispose() => key.Dispose();

    private static ClientVerifier Verifier(TestController controller) =>
        new(controller.Options, controller.Keys, controller.Store, controller.Clock);

    private static Task<ClientVerdict> VerifyAsync(TestController controller, X509Certificate2? leaf) =>
        Verifier(controller).VerifyAsync(leaf, Cancel);

    /// <summary>What somebody with the issuing CA's key (or only its name) can make.</summary>
    private X509Certificate2 Forge(
        TestController controller,
        Guid? serviceId = null,
        X509SignatureGenerator? signer = null,
        string usages = Oids.ClientAuth,
        Action<SubjectAlternativeNameBuilder>? names = null,
        bool withNames = true,
        AsymmetricAlgorithm? subjectKey = null,
        byte[]? serial = null,
        DateTimeOffset? from = null,
        string? uri = null)
    {
        LiveCa ca = controller.Now.Issuing;
        Guid id = serviceId ?? Guid.NewGuid();
        PublicKey publicKey = PublicKey.CreateFromSubjectPublicKeyInfo((subjectKey ?? key).ExportSubjectPublicKeyInfo(), out _);
        CertificateRequest request = new(new X500DistinguishedName($"CN={id}"), publicKey, HashAlgorithmName.SHA256);
        AddServiceExtensions(request, controller.Options.TrustDomain, id, usages, names, withNames && uri is null);
        if (uri is not null)
            request.CertificateExtensions.Add(UriName(uri));
        request.CertificateExtensions.Add(Extensions.AuthorityKeyId(ca));
        return request.Create(
            ca.Certificate.SubjectName, signer ?? ca.Key!, from ?? ca.NotBefore, controller.Clock.GetUtcNow().AddDays(30), serial ?? SerialText.Fresh());
    }

    private static void AddServiceExtensions(
        CertificateRequest request,
        string domain,
        Guid id,
        string usages = Oids.ClientAuth,
        Action<SubjectAlternativeNameBuilder>? names = null,
        bool withNames = true)
    {
        SubjectAlternativeNameBuilder builder = new();
        (names ?? (b => b.AddUri(new Uri(SpiffeId.Of(domain, id)))))(builder);
        OidCollection oids = [];
        foreach (string usage in usages.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            oids.Add(new Oid(usage));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        if (oids.Count > 0)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, critical: false));
        if (withNames)
            request.CertificateExtensions.Add(builder.Build());
    }

    // By hand: the framework's builder would write it in another form.
    private static X509Extension UriName(string uri)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
            writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        return new X509Extension(Oids.SubjectAltName, writer.Encode(), critical: false);
    }

    private static X509Certificate2 WithAnExtensionTwice(X509Certificate2 leaf)
    {
        Asn1Tag tag3 = new(TagClass.ContextSpecific, 3, isConstructed: true);
        AsnReader certificate = new AsnReader(leaf.RawData, AsnEncodingRules.DER).ReadSequence();
        AsnReader body = certificate.ReadSequence();
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                while (!body.PeekTag().HasSameClassAndValue(tag3))
                    writer.WriteEncodedValue(body.ReadEncodedValue().Span);
                AsnReader extensions = body.ReadSequence(tag3).ReadSequence();
                ReadOnlyMemory<byte> first = extensions.ReadEncodedValue();
                using (writer.PushSequence(tag3))
                using (writer.PushSequence())
                {
                    writer.WriteEncodedValue(first.Span);
                    writer.WriteEncodedValue(first.Span);
                    while (extensions.HasData)
                        writer.WriteEncodedValue(extensions.ReadEncodedValue().Span);
                }
            }

            while (certificate.HasData)
                writer.WriteEncodedValue(certificate.ReadEncodedValue().Span);
        }

        return X509CertificateLoader.LoadCertificate(writer.Encode());
    }
}
