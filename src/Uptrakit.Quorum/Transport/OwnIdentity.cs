using System.Net.Security;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Quorum.Transport;

/// <summary>The key this node shows. A rotation swaps it; connections made before keep the old one until they end.</summary>
internal sealed class OwnIdentity
{
    private volatile Shown current;

    public OwnIdentity(NodeIdentity identity) => current = new(identity, PeerTls.ContextOf(identity));

    public event Action? Changed;

    public NodeId NodeId => current.Identity.NodeId;

    public NodeIdentity Identity => current.Identity;

    public SpkiFingerprint Fingerprint => current.Identity.Fingerprint;

    public SslStreamCertificateContext Context => current.Context;

    public void Swap(NodeIdentity identity)
    {
        current = new(identity, PeerTls.ContextOf(identity));
        Changed?.Invoke();
    }

    private sealed record Shown(NodeIdentity Identity, SslStreamCertificateContext Context);
}
