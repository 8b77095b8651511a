using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Membership;

public sealed class TrustFileTests
{
    private const string A = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private const string B = "1f8fad5b-d9cb-469f-a165-70867728950e";

    [Fact]
    public void Render_NodeWithTwoKeys_ComesBackWithBoth()
    {
        TrustFile trust = new([Entry(A), Entry(A), Entry(B)]);

        Assert.True(TrustFile.TryParse(trust.Render(), out TrustFile? again, out IReadOnlyList<YamlFault> faults), string.Join('\n', faults));

        Assert.Equal(trust.Entries.Select(Trimmed), again!.Entries.Select(Trimmed));
    }

    [Fact]
    public void Parse_Empty_IsNoEntries()
    {
        Assert.True(TrustFile.TryParse(new TrustFile([]).Render(), out TrustFile? trust, out _));
        Assert.Empty(trust!.Entries);
    }

    [Fact]
    public void Parse_FingerprintOfAnotherKey_IsRefused()
    {
        TrustFile trust = new([Entry(A) with { CertPem = Entry(B).CertPem }]);

        Assert.Contains("is not the one of the key", Fault(trust.Render()), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OneKeyUnderTwoNames_IsRefused()
    {
        TrustEntry entry = Entry(A);

        Assert.Contains("is there twice", Fault(new TrustFile([entry, entry with { NodeId = B }]).Render()), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WrongValues_AreRefused()
    {
        TrustEntry entry = Entry(A);

        Assert.Contains("node_id", Fault(new TrustFile([entry with { NodeId = "a" }]).Render()), StringComparison.Ordinal);
        Assert.Contains("address", Fault(new TrustFile([entry with { Address = "a" }]).Render()), StringComparison.Ordinal);
        Assert.Contains("64 hex", Fault(new TrustFile([entry with { Fingerprint = "sha256:00" }]).Render()), StringComparison.Ordinal);
        Assert.Contains("PEM", Fault(new TrustFile([entry with { CertPem = "nonsense" }]).Render()), StringComparison.Ordinal);
        Assert.Contains("entries", Fault("{}"), StringComparison.Ordinal);
        Assert.Contains("not a known field", Fault("entries: []\nentrys: []\n"), StringComparison.Ordinal);
    }

    private static TrustEntry Trimmed(TrustEntry entry) => entry with { CertPem = entry.CertPem.Trim() };

    private static string Fault(string text)
    {
        Assert.False(TrustFile.TryParse(text, out _, out IReadOnlyList<YamlFault> faults));
        return Assert.Single(faults).Message;
    }

    private static TrustEntry Entry(string nodeId)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={nodeId}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        string fingerprint = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        return new TrustEntry(nodeId, "a.example:9901", "sha256:" + fingerprint, certificate.ExportCertificatePem());
    }
}
