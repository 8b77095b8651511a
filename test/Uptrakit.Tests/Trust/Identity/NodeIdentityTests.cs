using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Trust.Identity;

[SupportedOSPlatform("linux")]
public sealed class NodeIdentityTests
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2030, 5, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(KeyType.EcdsaP256)]
    [InlineData(KeyType.Rsa3072)]
    public void Create_EitherKind_HasTheFormThatThePlanAsksFor(KeyType type)
    {
        NodeId id = NodeId.New();
        using NodeIdentity identity = NodeIdentity.Create(id, type, Clock);
        X509Certificate2 leaf = identity.Certificate;

        Assert.Equal($"CN={id}", leaf.Subject);
        Assert.Equal(leaf.Subject, leaf.Issuer);
        Assert.Equal(Clock.GetUtcNow().AddDays(-1), new DateTimeOffset(leaf.NotBefore).ToUniversalTime());
        Assert.Equal(Clock.GetUtcNow().AddYears(10), new DateTimeOffset(leaf.NotAfter).ToUniversalTime());
        Assert.True(leaf.HasPrivateKey);
        Assert.InRange(leaf.SerialNumberBytes.Span[0], 0x40, 0x7f);
        Assert.False(Assert.Single(leaf.Extensions.OfType<X509BasicConstraintsExtension>()).CertificateAuthority);
        Assert.Equal(
            X509KeyUsageFlags.DigitalSignature, Assert.Single(leaf.Extensions.OfType<X509KeyUsageExtension>()).KeyUsages);
        Assert.Equal(
            ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            Assert.Single(leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>())
                .EnhancedKeyUsages.Cast<Oid>().Select(usage => usage.Value!));
        Assert.Single(leaf.Extensions.OfType<X509SubjectKeyIdentifierExtension>());
        Assert.Equal(SpkiFingerprint.Of(leaf), identity.Fingerprint);
        Assert.Equal(leaf.RawData, identity.CertificateDer);
        Assert.Equal(id.ToString(), identity.ToString());
    }

    [Theory]
    [InlineData(KeyType.EcdsaP256)]
    [InlineData(KeyType.Rsa3072)]
    public void TryLoad_WhatWasSaved_IsTheSameIdentityWithItsKey(KeyType type)
    {
        using ScratchFolder folder = new();
        using NodeIdentity saved = NodeIdentity.Create(NodeId.New(), type, Clock);
        saved.Save(folder["keys"]);

        Assert.True(NodeIdentity.TryLoad(folder["keys"], saved.NodeId, out NodeIdentity? loaded, out string? fault), fault);
        using (loaded)
        {
            Assert.Equal(saved.CertificateDer, loaded.CertificateDer);
            Assert.Equal(saved.NodeId, loaded.NodeId);
            Assert.True(loaded.Certificate.HasPrivateKey);
        }
    }

    [Fact]
    public void Save_Always_SetsModesAndWritesPkcs8()
    {
        using ScratchFolder folder = new();
        using NodeIdentity identity = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, Clock);
        identity.Save(folder["keys"]);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["keys/private.pem"]));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["keys"]));
        Assert.StartsWith(
            "-----BEGIN PRIVATE KEY-----\n", File.ReadAllText(folder["keys/private.pem"]), StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(folder["keys"]).Length);
    }

    [Theory]
    [InlineData("private.pem")]
    [InlineData("public.pem")]
    [InlineData("cert.pem")]
    public void TryLoad_FileMissing_IsRefusedWithItsPath(string name)
    {
        using ScratchFolder folder = Saved(out NodeIdentity identity);
        File.Delete(folder[name]);

        string fault = FaultOf(folder.Path, identity);

        Assert.Contains(folder[name], fault, StringComparison.Ordinal);
        Assert.Contains("missing", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("private.pem")]
    [InlineData("public.pem")]
    [InlineData("cert.pem")]
    public void TryLoad_FileThatIsNoPem_IsRefusedWithItsPath(string name)
    {
        using ScratchFolder folder = Saved(out NodeIdentity identity);
        File.WriteAllText(folder[name], "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n");

        Assert.Contains(folder[name], FaultOf(folder.Path, identity), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void TryLoad_PrivateKeyOpenToOthers_IsRefusedWithTheRemedy(UnixFileMode extra)
    {
        using ScratchFolder folder = Saved(out NodeIdentity identity);
        File.SetUnixFileMode(folder["private.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);

        Assert.Contains($"chmod 600 {folder["private.pem"]}", FaultOf(folder.Path, identity), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("private.pem")]
    [InlineData("public.pem")]
    [InlineData("cert.pem")]
    public void TryLoad_FileOfAnotherPair_IsRefused(string name)
    {
        using ScratchFolder folder = Saved(out NodeIdentity identity);
        using ScratchFolder other = Saved(out NodeIdentity otherIdentity);
        otherIdentity.Dispose();
        File.Copy(other[name], folder[name], overwrite: true);

        string fault = FaultOf(folder.Path, identity);

        Assert.Contains("does not belong to", fault, StringComparison.Ordinal);
        Assert.Contains(folder["private.pem"], fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TryLoad_PublicKeyInThePlaceOfThePrivateOne_IsRefused()
    {
        using ScratchFolder folder = Saved(out NodeIdentity identity);
        File.WriteAllText(folder["private.pem"], File.ReadAllText(folder["public.pem"]));

        Assert.Contains("no usable private key", FaultOf(folder.Path, identity), StringComparison.Ordinal);
    }

    [Fact]
    public void TryLoad_ShortRsaKey_IsRefused()
    {
        using ScratchFolder folder = Saved(out NodeIdentity identity);
        using RSA weak = RSA.Create(1024);
        File.WriteAllText(folder["private.pem"], weak.ExportPkcs8PrivateKeyPem());

        Assert.Contains("no usable private key", FaultOf(folder.Path, identity), StringComparison.Ordinal);
    }

    [Fact]
    public void TryLoad_KeyAsOpenSslWritesIt_IsRead()
    {
        using ScratchFolder folder = Saved(out NodeIdentity identity);
        using (ECDsa key = identity.Certificate.GetECDsaPrivateKey()!)
        {
            string parameters = PemEncoding.WriteString("EC PARAMETERS", Convert.FromHexString("06082A8648CE3D030107"));
            File.WriteAllText(folder["private.pem"], parameters + "\n" + key.ExportECPrivateKeyPem());
        }

        Assert.True(NodeIdentity.TryLoad(folder.Path, identity.NodeId, out NodeIdentity? loaded, out string? fault), fault);
        loaded.Dispose();
        identity.Dispose();
    }

    [Fact]
    public void TryLoad_HugeFile_IsRefused()
    {
        using ScratchFolder folder = Saved(out NodeIdentity identity);
        File.AppendAllText(folder["private.pem"], new string('\n', 1 << 20));

        Assert.Contains("too large", FaultOf(folder.Path, identity), StringComparison.Ordinal);
    }

    private static ScratchFolder Saved(out NodeIdentity identity)
    {
        ScratchFolder folder = new();
        identity = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, Clock);
        identity.Save(folder.Path);
        return folder;
    }

    private static string FaultOf(string folder, NodeIdentity identity)
    {
        using (identity)
        {
            Assert.False(NodeIdentity.TryLoad(folder, identity.NodeId, out NodeIdentity? loaded, out string? fault));
            Assert.Null(loaded);
            return fault;
        }
    }
}
