using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Verification;

/// <summary>One case: what is to be verified, and whether rustls accepts it.</summary>
internal sealed record LimboCase(
    string Id,
    bool Accepted,
    string Leaf,
    IReadOnlyList<string> Intermediates,
    IReadOnlyList<string> Anchors,
    IReadOnlyList<string> RevocationLists,
    string? Name,
    DateTimeOffset Time
)
{
    public ServerVerdict Verify() =>
        Verify(TrustAnchors.None.WithCaFile(CertificateBundle.Of(Anchors.Select(p => X509Certificate2.CreateFromPem(p)))));

    public ServerVerdict Verify(TrustAnchors trusted)
    {
        X509Certificate2 leaf = X509Certificate2.CreateFromPem(Leaf);
        List<X509Certificate2> intermediates = [.. Intermediates.Select(p => X509Certificate2.CreateFromPem(p))];
        ServerVerifier verifier = new(new FakeTimeProvider(Time));
        List<RevocationList> lists = [.. RevocationLists.Select(Parse)];
        return verifier.Verify(leaf, intermediates, trusted, Name ?? "", enforceName: Name is not null, lists);
    }

    private static RevocationList Parse(string pem)
    {
        PemFields fields = PemEncoding.Find(pem);
        byte[] der = Convert.FromBase64String(pem[fields.Base64Data]);
        Assert.True(RevocationList.TryParse(der, out RevocationList? list));
        return list;
    }
}
