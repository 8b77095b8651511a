using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Controller.Authority;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Authority;

public sealed class OperatorPairTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ScratchFolder folder = new();
    private readonly FakeTimeProvider clock = new(Start);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void Refresh_Pair_IsTakenAndReadAgainOnlyWhenItChanges()
    {
        OperatorPair pair = Write(Leaf());
        Assert.Null(pair.Refresh());
        ServerCredential first = pair.Current!;
        Assert.Null(pair.Refresh());
        Assert.Same(first, pair.Current);

        File.WriteAllText(folder["cert.pem"], Leaf("renewed.example").ExportCertificatePem());

        Assert.Null(pair.Refresh());
        Assert.Equal("CN=renewed.example", pair.Current!.Leaf.Subject);
        Assert.True(pair.Current.Leaf.HasPrivateKey);
    }

    [Fact]
    public void Refresh_RsaAndSec1Keys_AreTaken()
    {
        using RSA rsa = RSA.Create(2048);
        CertificateRequest request = new("CN=a.example", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(Names("a.example"));
        Assert.Null(Write(request.CreateSelfSigned(Start.AddDays(-1), Start.AddDays(1)), rsa.ExportRSAPrivateKeyPem()).Refresh());
        Assert.Null(Write(Leaf(), key.ExportECPrivateKeyPem()).Refresh());
    }

    [Fact]
    public void Refresh_ChangedIntoSomethingUnfit_KeepsThePresentOneAndSaysWhy()
    {
        OperatorPair pair = Write(Leaf());
        Assert.Null(pair.Refresh());
        ServerCredential first = pair.Current!;
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // What a renewal looks like that has written one of its two files.
        Put("key.pem", other.ExportPkcs8PrivateKeyPem());

        Assert.Contains("does not belong", pair.Refresh(), StringComparison.Ordinal);
        Assert.Same(first, pair.Current);
        Put("key.pem", key.ExportPkcs8PrivateKeyPem());
        Assert.Null(pair.Refresh());
        Assert.Same(first, pair.Current);
    }

    [Fact]
    public void Refresh_UnfitLeaf_IsRefusedWithTheReason()
    {
        Assert.Contains("has expired", Write(Leaf(to: Start.AddDays(-1))).Refresh(), StringComparison.Ordinal);
        Assert.Contains("not valid before", Write(Leaf(from: Start.AddDays(1))).Refresh(), StringComparison.Ordinal);
        Assert.Contains("no subject alternative name", Write(Leaf(names: false)).Refresh(), StringComparison.Ordinal);
        Assert.Contains("that of a CA", Write(Leaf(extension: new X509BasicConstraintsExtension(true, false, 0, true))).Refresh(), StringComparison.Ordinal);
        Assert.Contains("not for servers", Write(
            Leaf(extension: new X509EnhancedKeyUsageExtension([new Oid(Oids.ClientAuth)], false))).Refresh(), StringComparison.Ordinal);
        Assert.Null(Write(Leaf(extension: new X509EnhancedKeyUsageExtension([new Oid(Oids.ServerAuth)], false))).Refresh());
    }

    [Fact]
    public void Refresh_KeyThatOthersCanRead_IsRefused()
    {
        OperatorPair pair = Write(Leaf());
        File.SetUnixFileMode(folder["key.pem"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 640", pair.Refresh(), StringComparison.Ordinal);

        File.SetUnixFileMode(folder["key.pem"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Null(pair.Refresh());
    }

    [Fact]
    public void Refresh_FilesMissingOrGarbage_NamesTheFlag()
    {
        OperatorPair pair = Write(Leaf());
        File.WriteAllText(folder["cert.pem"], "no");
        Assert.StartsWith("--tls-cert", pair.Refresh(), StringComparison.Ordinal);
        File.Delete(folder["cert.pem"]);
        Assert.StartsWith("--tls-cert", pair.Refresh(), StringComparison.Ordinal);

        pair = Write(Leaf());
        Put("key.pem", "no");
        Assert.StartsWith("--tls-key", pair.Refresh(), StringComparison.Ordinal);
        File.Delete(folder["key.pem"]);
        Assert.StartsWith("--tls-key", pair.Refresh(), StringComparison.Ordinal);
    }

    [Fact]
    public void Refresh_ChainFile_KeepsIntermediatesAndLeavesTheRootOut()
    {
        OperatorPair pair = Write(Leaf());
        CertificateRequest root = new("CN=root", key, HashAlgorithmName.SHA256);
        using X509Certificate2 selfSigned = root.CreateSelfSigned(Start.AddDays(-1), Start.AddDays(1));
        CertificateRequest below = new("CN=intermediate", key, HashAlgorithmName.SHA256);
        using X509Certificate2 intermediate = below.Create(
            root.SubjectName, X509SignatureGenerator.CreateForECDsa(key), Start.AddDays(-1), Start.AddDays(1), [1]);
        File.AppendAllText(folder["cert.pem"], $"\n{intermediate.ExportCertificatePem()}\n{selfSigned.ExportCertificatePem()}\n");

        Assert.Null(pair.Refresh());

        Assert.Equal(["CN=intermediate"], pair.Current!.Intermediates.Select(certificate => certificate.Subject));
    }

    public void Dispose()
    {
        folder.Dispose();
        key.Dispose();
    }

    private static X509Extension Names(string name)
    {
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        return names.Build();
    }

    private X509Certificate2 Leaf(
        string name = "a.example", DateTimeOffset? from = null, DateTimeOffset? to = null, bool names = true, X509Extension? extension = null)
    {
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        if (names)
            request.CertificateExtensions.Add(Names(name));
        if (extension is not null)
            request.CertificateExtensions.Add(extension);
        return request.CreateSelfSigned(from ?? Start.AddDays(-30), to ?? Start.AddDays(60));
    }

    private OperatorPair Write(X509Certificate2 leaf, string? keyPem = null)
    {
        File.WriteAllText(folder["cert.pem"], leaf.ExportCertificatePem());
        Put("key.pem", keyPem ?? key.ExportPkcs8PrivateKeyPem());
        return new OperatorPair(folder["cert.pem"], folder["key.pem"], clock, NullLogger<OperatorPair>.Instance);
    }

    private void Put(string name, string text)
    {
        File.WriteAllText(folder[name], text);
        File.SetUnixFileMode(folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
