using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Tests.Checks;

/// <summary>Certificates of a small web of tests.</summary>
internal static class TestSite
{
    private static readonly DateTimeOffset s_from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    internal static X509Certificate2 Root()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Test root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(s_from, s_from.AddYears(60));
    }

    internal static X509Certificate2 Leaf(
        X509Certificate2 root, string name, string? issuerAt = null, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 bare = Bare(root, name, key, issuerAt, from, until);
        using X509Certificate2 whole = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A certificate and its key, as an operator has them in a file.</summary>
    internal static string Pem(X509Certificate2 root, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 bare = Bare(root, name, key, null, null, null);
        return bare.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    internal static RawServer Serving(X509Certificate2 leaf, Action<X509Certificate2?>? seen = null) =>
        Answering(leaf, seen, 200, "hello");

    internal static RawServer Redirecting(X509Certificate2 leaf, string place, Action<X509Certificate2?>? seen = null) =>
        Answering(leaf, seen, 302, "", $"Location: {place}");

    private static RawServer Answering(
        X509Certificate2 leaf, Action<X509Certificate2?>? seen, int status, string body, params string[] headers) => new(
        (_, stream, cancel) => RawServer.ReplyAsync(stream, status, body, headers, cancel),
        async plain =>
        {
            SslStream secure = new(plain);
            SslServerAuthenticationOptions options = new()
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(leaf, null, offline: true),
                ClientCertificateRequired = seen is not null,
                RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is null || shown.Subject.Length > 0,
            };
            await secure.AuthenticateAsServerAsync(options, TestContext.Current.CancellationToken);
            seen?.Invoke(secure.RemoteCertificate as X509Certificate2);
            return secure;
        });

    private static X509Certificate2 Bare(
        X509Certificate2 root, string name, ECDsa key, string? issuerAt, DateTimeOffset? from, DateTimeOffset? until)
    {
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        if (issuerAt is not null)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerAt]));
        return request.Create(root, from ?? s_from, until ?? s_from.AddYears(60), RandomNumberGenerator.GetBytes(8));
    }
}
