using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Identity;

/// <summary>What a node proves itself with: its NodeID, and a key in a self-signed certificate that others have pinned.</summary>
/// <remarks>
/// "keys/private.pem is the only real long-lived secret" (quorum-security, The secrets on disk). No member of this type
/// gives the private key out but <see cref="Certificate"/>, and no text form holds it.
/// </remarks>
public sealed partial class NodeIdentity : IDisposable
{
    private readonly byte[] der;

    private NodeIdentity(NodeId nodeId, X509Certificate2 certificate)
    {
        NodeId = nodeId;
        Certificate = certificate;
        Fingerprint = SpkiFingerprint.Of(certificate);
        der = certificate.RawData;
    }

    /// <summary>The name of the node.</summary>
    public NodeId NodeId { get; }

    /// <summary>The certificate with its private key, fit for a TLS handshake. Owned by this object.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What the others pin.</summary>
    public SpkiFingerprint Fingerprint { get; }

    /// <summary>The DER of the certificate, without the private key: what other nodes are given. A copy each time.</summary>
    [SuppressMessage("Performance", "CA1819", Justification = "A copy, so that nobody changes ours")]
    public byte[] CertificateDer => [.. der];

    /// <summary>
    /// Makes a new key and a self-signed certificate for it: valid from one day ago for 10 years, CN = NodeID (never read
    /// back as a name), CA false, digitalSignature, serverAuth and clientAuth, a subject key identifier, a random serial.
    /// </summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="keyType">The kind of key. RSA takes up to some seconds.</param>
    /// <param name="clock">The time now.</param>
    /// <returns>The identity, in memory only: <see cref="Save"/> it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keyType"/> is not one of the kinds.</exception>
    public static NodeIdentity Create(NodeId nodeId, KeyType keyType, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(nodeId);
        ArgumentNullException.ThrowIfNull(clock);
        return new NodeIdentity(nodeId, NodeCertificate.Create(nodeId, keyType, clock.GetUtcNow()));
    }

    /// <summary>The name only: nothing of the key can reach a log this way.</summary>
    /// <returns>The NodeID.</returns>
    public override string ToString() => NodeId.ToString();

    /// <summary>Lets the private key go.</summary>
    public void Dispose() => Certificate.Dispose();
}
