using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Membership;

/// <summary>One pinned key. A node that rotates its key has two entries until the old one is dropped.</summary>
/// <param name="Fingerprint"><c>sha256:</c> and the SHA-256 of the key's SubjectPublicKeyInfo in 64 lower-case hex digits.</param>
internal sealed record TrustEntry(string NodeId, string Address, string Fingerprint, string CertPem);

/// <summary><c>trust.yaml</c>: the keys this node takes for its peers.</summary>
internal sealed record TrustFile(IReadOnlyList<TrustEntry> Entries)
{
    private const int MaxBytes = 4 * 1024 * 1024;

    public string Render()
    {
        YamlWriter yaml = new();
        yaml.Comment("The keys this node trusts, as the cluster has enrolled them. It is written anew when members change.");
        yaml.Items("entries", Entries, entry =>
        {
            yaml.Field("node_id", entry.NodeId);
            yaml.Field("address", entry.Address);
            yaml.Field("fingerprint", entry.Fingerprint);
            yaml.Block("cert_pem", entry.CertPem);
        });
        return yaml.ToString();
    }

    public static bool TryParse(string text, out TrustFile? trust, out IReadOnlyList<YamlFault> faults)
    {
        trust = null;
        YamlFaults found = new();
        faults = found.Found;
        if (!YamlTree.TryRead(text, MaxBytes, found, out YamlMap? root))
            return false;

        YamlFields at = new(root!, found);
        at.RefuseOthers("entries");
        at.Require("entries");
        List<TrustEntry> entries = [];
        Dictionary<string, string> owners = [];
        foreach (YamlFields item in at.Items("entries"))
        {
            TrustEntry entry = Read(item);
            // A key proves one identity: under two names it could choose which one it is.
            if (entry.Fingerprint.Length > 0 && !owners.TryAdd(entry.Fingerprint, entry.NodeId))
                item.Fault("fingerprint", $"is there twice, also for node {owners[entry.Fingerprint]}");
            entries.Add(entry);
        }

        if (found.Count > 0)
            return false;
        trust = new TrustFile(entries);
        return true;
    }

    private static TrustEntry Read(YamlFields at)
    {
        at.RefuseOthers("node_id", "address", "fingerprint", "cert_pem");
        at.Require("node_id", "address", "fingerprint", "cert_pem");
        string nodeId = "";
        if (at.Text("node_id") is { } id && NodeFileValues.NodeId(id, out nodeId) is { } idFault)
            at.Fault("node_id", idFault);
        string address = at.Text("address") ?? "";
        if (at.Has("address") && NodeFileValues.Advertise(address, out _) is { } addressFault)
            at.Fault("address", addressFault);
        string fingerprint = (at.Text("fingerprint") ?? "").ToLowerInvariant();
        if (at.Has("fingerprint") && !IsFingerprint(fingerprint))
            at.Fault("fingerprint", "expected sha256: and 64 hexadecimal digits");
        string pem = at.Text("cert_pem") ?? "";
        if (at.Has("cert_pem"))
            CheckCertificate(at, pem, fingerprint);
        return new TrustEntry(nodeId, address, fingerprint, pem);
    }

    private static bool IsFingerprint(string text) =>
        text.Length == 71 && text.StartsWith("sha256:", StringComparison.Ordinal) && text.Skip(7).All(char.IsAsciiHexDigit);

    // Whoever swaps the certificate but not the fingerprint, or the reverse, must not get a key in.
    private static void CheckCertificate(YamlFields at, string pem, string fingerprint)
    {
        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem);
            byte[] spki = SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
            if (IsFingerprint(fingerprint) && "sha256:" + Convert.ToHexStringLower(spki) != fingerprint)
                at.Fault("fingerprint", "is not the one of the key in cert_pem");
        }
        catch (CryptographicException)
        {
            at.Fault("cert_pem", "is not a certificate in PEM form");
        }
    }
}
